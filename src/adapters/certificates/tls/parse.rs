//! What does a certificate say? Its text is somebody else's: made clean here, once.

use crate::domain::certificate::{Certificate, NAMES};
use crate::domain::trouble::Fault;
use chrono::{DateTime, Utc};
use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Name;

pub struct Parsed {
    pub certificate: Certificate,
    /// Subject and issuer are the same.
    pub self_issued: bool,
}

pub fn certificate(der: &CertificateDer<'_>) -> Result<Parsed, Fault> {
    let unreadable = |what: &str| Fault::Malformed(format!("a certificate whose {what} cannot be read"));
    let (_, parsed) = X509Certificate::from_der(der).map_err(|_| unreadable("contents"))?;
    let all = names(&parsed);
    let certificate = Certificate {
        subject: called(parsed.subject()),
        covers: all.len(),
        names: all.into_iter().take(NAMES).collect(),
        issuer: called(parsed.issuer()),
        not_before: moment(parsed.validity().not_before).ok_or_else(|| unreadable("beginning"))?,
        not_after: moment(parsed.validity().not_after).ok_or_else(|| unreadable("end"))?,
        serial: parsed.raw_serial_as_string().chars().take(80).collect(),
        key: key(&parsed),
    };
    Ok(Parsed { certificate, self_issued: parsed.subject() == parsed.issuer() })
}

fn moment(time: ASN1Time) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(time.timestamp(), 0)
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let named = extension.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(clean(name, 253)),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    });
    named.filter(|name| !name.is_empty()).collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    let four = <[u8; 4]>::try_from(bytes).map(|four| std::net::IpAddr::from(four).to_string());
    let sixteen = <[u8; 16]>::try_from(bytes).map(|sixteen| std::net::IpAddr::from(sixteen).to_string());
    four.or(sixteen).ok()
}

/// The common name, else the organisation, else everything.
fn called(name: &X509Name<'_>) -> String {
    let common = name.iter_common_name().find_map(|part| part.as_str().ok());
    let organisation = || name.iter_organization().find_map(|part| part.as_str().ok());
    let told = common.or_else(organisation).map_or_else(|| name.to_string(), str::to_owned);
    match clean(&told, 100) {
        text if text.is_empty() => "nobody named".to_owned(),
        text => text,
    }
}

fn key(certificate: &X509Certificate<'_>) -> String {
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {}", key.key_size()),
        Ok(PublicKey::EC(point)) => match point.key_size() {
            bits @ (256 | 384) => format!("ECDSA P-{bits}"),
            521 | 528 => "ECDSA P-521".to_owned(),
            bits => format!("ECDSA {bits}"),
        },
        _ if certificate.public_key().algorithm.algorithm.to_id_string() == "1.3.101.112" => "Ed25519".to_owned(),
        _ => "of another kind".to_owned(),
    }
}

/// One line that can neither format, link nor mention, of at most `most` letters.
fn clean(text: &str, most: usize) -> String {
    let fits = |letter: char| match letter {
        '`' | '<' | '>' | '[' | ']' | '@' | '|' | '\\' => ' ',
        // Marks that turn the direction of reading or take no room.
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => ' ',
        letter if letter.is_control() => ' ',
        letter => letter,
    };
    let spaced: String = text.chars().take(4 * most).map(fits).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(most).collect();
    if cut.len() < line.len() { format!("{}…", cut.trim_end()) } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_certificates_text_is_data() {
        assert_eq!(
            clean("pay\n@everyone `x` <!channel> [y](http://z)\u{202e}", 100),
            "pay everyone x !channel y (http://z)"
        );
        assert_eq!(clean(&"a".repeat(300), 100).chars().count(), 101);
    }

    proptest! {
        #[test]
        fn whatever_stands_in_it_stays_one_harmless_line(text in "\\PC*|.*") {
            let clean = clean(&text, 100);
            prop_assert!(clean.chars().count() <= 101);
            prop_assert!(!clean.contains(['`', '@', '<', '>', '[', ']', '\n', '\r']));
            prop_assert!(!clean.chars().any(char::is_control));
        }
    }
}
