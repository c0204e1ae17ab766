//! Is a delivery from who it says? `X-Hub-Signature-256`, as GitHub and those who followed it sign: HMAC-SHA256 of the body.

use ring::hmac;
use secrecy::{ExposeSecret, SecretString};

/// `Err` says why not, in words for the log. Nothing of the body was read before this.
pub fn genuine(secrets: &[SecretString], signature: &str, body: &[u8]) -> Result<(), &'static str> {
    let digits = signature
        .strip_prefix("sha256=")
        .ok_or("it carries no signature; set the webhook's secret where it comes from")?;
    let tag = bytes(digits).ok_or("its signature is none")?;
    // Compared in constant time, and with every secret, whichever fits.
    let fits = secrets.iter().fold(false, |fits, secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        hmac::verify(&key, body, &tag).is_ok() | fits
    });
    if fits { Ok(()) } else { Err("its signature does not fit the webhook's secret") }
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    (digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())).then(|| pairs.map(pair).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From GitHub's documentation on validating deliveries.
    const SECRET: &str = "It's a Secret to Everybody";
    const BODY: &[u8] = b"Hello, World!";
    const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn secrets(of: &[&str]) -> Vec<SecretString> {
        of.iter().map(|secret| SecretString::from(*secret)).collect()
    }

    #[test]
    fn githubs_own_example_is_accepted_and_anything_else_is_not() {
        assert_eq!(
            genuine(&secrets(&["new", SECRET]), SIGNATURE, BODY),
            Ok(()),
            "either secret while one replaces the other"
        );
        assert!(genuine(&secrets(&["new"]), SIGNATURE, BODY).is_err() && genuine(&[], SIGNATURE, BODY).is_err());
        assert!(genuine(&secrets(&[SECRET]), SIGNATURE, b"Hello, World?").is_err());
        for forged in
            ["", "sha256=", "sha1=757107ea", &SIGNATURE.replace('7', "8"), &format!("{SIGNATURE}00"), "sha256=é"]
        {
            assert!(genuine(&secrets(&[SECRET]), forged, BODY).is_err(), "{forged}");
        }
    }
}
