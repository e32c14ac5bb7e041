//! Access tokens that the service did not issue: of external issuers, and forged ones.

use std::sync::Arc;

use adapters_http::{KeyStore, Keys, SigningAlgorithm, Trust, TrustedIssuer};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};

/// The public key is known to everybody, including forgers.
pub(crate) const RSA_PUBLIC: &str = include_str!("../keys/test-only-rsa-public.pem");
const RSA_PRIVATE: &str = include_str!("../keys/test-only-rsa-private.pem");
pub(crate) const NAME: &str = "https://login.example.com/";
pub(crate) const AUDIENCE: &str = "the-shop";

/// A key that signs tokens.
pub(crate) enum Signer {
    Rs256(RsaKeyPair),
    Ps256(RsaKeyPair),
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Hs256(Vec<u8>),
    /// Adds no signature.
    None,
}

fn rsa() -> RsaKeyPair {
    let der: String = RSA_PRIVATE.lines().filter(|line| !line.starts_with('-')).collect();
    RsaKeyPair::from_pkcs8(&STANDARD.decode(der).expect("base64")).expect("a key")
}

pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Signer {
    pub(crate) fn rs256() -> Self {
        Self::Rs256(rsa())
    }

    pub(crate) fn ps256() -> Self {
        Self::Ps256(rsa())
    }

    /// Generates a new key each time.
    pub(crate) fn es256() -> Self {
        let (random, parameters) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let key = EcdsaKeyPair::generate_pkcs8(parameters, &random).expect("a key");
        Self::Es256(EcdsaKeyPair::from_pkcs8(parameters, key.as_ref(), &random).expect("a key"))
    }

    /// Generates a new key each time.
    pub(crate) fn eddsa() -> Self {
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key");
        Self::EdDsa(Ed25519KeyPair::from_pkcs8(key.as_ref()).expect("a key"))
    }

    pub(crate) fn alg(&self) -> &'static str {
        match self {
            Self::Rs256(_) => "RS256",
            Self::Ps256(_) => "PS256",
            Self::Es256(_) => "ES256",
            Self::EdDsa(_) => "EdDSA",
            Self::Hs256(_) => "HS256",
            Self::None => "none",
        }
    }

    pub(crate) fn algorithm(&self) -> SigningAlgorithm {
        self.alg().parse().expect("an algorithm with public keys")
    }

    /// Returns the public key as a JSON Web Key.
    pub(crate) fn jwk(&self, kid: &str) -> Value {
        match self {
            Self::Rs256(key) | Self::Ps256(key) => {
                let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(key.public());
                json!({"kty": "RSA", "kid": kid, "use": "sig", "n": base64(n), "e": base64(e)})
            }
            Self::Es256(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "kid": kid, "alg": "ES256", "x": base64(x), "y": base64(y)})
            }
            Self::EdDsa(key) => json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": base64(key.public_key())}),
            Self::Hs256(_) | Self::None => panic!("there is no public key"),
        }
    }

    fn signature(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let by_rsa = |key: &RsaKeyPair, padding: &'static dyn ring::signature::RsaEncoding| {
            let mut signature = vec![0; key.public().modulus_len()];
            key.sign(padding, &random, message, &mut signature).expect("a signature");
            signature
        };
        match self {
            Self::Rs256(key) => by_rsa(key, &RSA_PKCS1_SHA256),
            Self::Ps256(key) => by_rsa(key, &RSA_PSS_SHA256),
            Self::Es256(key) => key.sign(&random, message).expect("a signature").as_ref().to_vec(),
            Self::EdDsa(key) => key.sign(message).as_ref().to_vec(),
            Self::Hs256(secret) => hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec(),
            Self::None => Vec::new(),
        }
    }

    /// Returns a token with these claims and this header, in which `alg` is added unless given.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let mut header = header.clone();
        header["alg"] = header.get("alg").cloned().unwrap_or_else(|| json!(self.alg()));
        let message = format!("{}.{}", base64(header.to_string()), base64(claims.to_string()));
        let signature = base64(self.signature(message.as_bytes()));
        format!("{message}.{signature}")
    }
}

/// Returns the key set of these signers.
pub(crate) fn jwks(signers: &[(&str, &Signer)]) -> String {
    json!({"keys": signers.iter().map(|(kid, signer)| signer.jwk(kid)).collect::<Vec<_>>()}).to_string()
}

pub(crate) fn trust(algorithm: SigningAlgorithm) -> Trust {
    Trust { name: NAME.to_owned(), audience: AUDIENCE.to_owned(), algorithm, leeway_seconds: 30, roles_claim: "roles".to_owned() }
}

/// Returns an external issuer with this signer's key as key `a`.
pub(crate) fn trusted(signer: &Signer) -> TrustedIssuer {
    let keys = Keys::from_jwks(&jwks(&[("a", signer)]), signer.algorithm()).expect("keys");
    TrustedIssuer::new(trust(signer.algorithm()), Arc::new(KeyStore::new(keys)))
}
