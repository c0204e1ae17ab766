//! Did this request come from Slack? Its signature covers the moment and every byte of the body.

use ring::hmac;
use secrecy::{ExposeSecret, SecretString};

/// Either way: a clock that is ahead is as wrong as one that is behind.
pub const WINDOW: i64 = 5 * 60;

/// `Err` says why not, in words for the log. Nothing of the body was read before this.
pub fn check(
    secrets: &[SecretString],
    now: i64,
    timestamp: &str,
    signature: &str,
    body: &[u8],
) -> Result<(), &'static str> {
    // Only digits: what Slack signs is this text, and a number has many spellings.
    let digits = (1..=12).contains(&timestamp.len()) && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let moment: i64 = timestamp.parse().ok().filter(|_| digits).ok_or("its time is no time")?;
    let tag = bytes_of(signature).ok_or("its signature is none")?;
    let signed = [b"v0:", timestamp.as_bytes(), b":", body].concat();
    // Compared in constant time, and with every secret, whichever fits.
    let fits = secrets.iter().fold(false, |fits, secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        hmac::verify(&key, &signed, &tag).is_ok() | fits
    });
    if !fits {
        return Err("its signature does not fit");
    }
    if (now - moment).abs() > WINDOW {
        return Err("it is signed for another time; is this machine's clock right?");
    }
    Ok(())
}

/// The 32 bytes of `v0=…`.
fn bytes_of(signature: &str) -> Option<[u8; 32]> {
    let digits = signature.strip_prefix("v0=")?.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const TIME: &str = "1531420618";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    const BODY: &[u8] = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    fn checked(secrets: &[&str], now: i64, time: &str, signature: &str, body: &[u8]) -> Result<(), &'static str> {
        let secrets: Vec<SecretString> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
        check(&secrets, now, time, signature, body)
    }

    #[test]
    fn slacks_own_example_is_accepted() {
        assert_eq!(checked(&[SECRET], 1_531_420_618, TIME, SIGNATURE, BODY), Ok(()));
    }

    #[test]
    fn either_secret_will_do_while_one_replaces_the_other() {
        assert_eq!(checked(&["the-new-one", SECRET], 1_531_420_618, TIME, SIGNATURE, BODY), Ok(()));
        assert!(checked(&["the-new-one"], 1_531_420_618, TIME, SIGNATURE, BODY).is_err());
        assert!(checked(&[], 1_531_420_618, TIME, SIGNATURE, BODY).is_err());
    }

    #[test]
    fn five_minutes_either_way_and_no_second_more() {
        for (now, fits) in [(300, true), (-300, true), (301, false), (-301, false), (86_400, false)] {
            let now = 1_531_420_618 + now;
            assert_eq!(checked(&[SECRET], now, TIME, SIGNATURE, BODY).is_ok(), fits, "{now}");
        }
    }

    #[test]
    fn of_ten_thousand_changed_requests_none_is_accepted() {
        let mut seed = 0x5eed_u64;
        let mut dice = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).expect("31 bits")
        };
        let mut tried = 0;
        while tried < 10_000 {
            let (mut time, mut signature) = (TIME.as_bytes().to_vec(), SIGNATURE.as_bytes().to_vec());
            let mut body = BODY.to_vec();
            let part = match dice() % 3 {
                0 => &mut time,
                1 => &mut signature,
                _ => &mut body,
            };
            let at = dice() % part.len();
            match dice() % 5 {
                0 => part[at] ^= 1 << (dice() % 7),
                1 => drop(part.remove(at)),
                2 => part.insert(at, b'0'),
                3 => part.truncate(at),
                _ => part[at] = part[at].to_ascii_uppercase(),
            }
            if (time.as_slice(), signature.as_slice(), body.as_slice()) == (TIME.as_bytes(), SIGNATURE.as_bytes(), BODY)
            {
                continue;
            }
            tried += 1;
            let (time, signature) = (String::from_utf8_lossy(&time), String::from_utf8_lossy(&signature));
            assert!(checked(&[SECRET], 1_531_420_618, &time, &signature, &body).is_err(), "{time} {signature}");
        }
    }
}
