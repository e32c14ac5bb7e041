//! `User-Agent`: the browser and its device, as users know them.

use actix_web::HttpRequest;
use actix_web::http::header;
use domain::session::DeviceName;

use super::part::RequestPart;
use crate::api::Api;
use crate::problem::Problem;

/// The name of the browser that sends the request, if known.
pub(crate) struct Device(pub(crate) Option<DeviceName>);

impl RequestPart for Device {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self(agent.and_then(device_name)))
    }
}

/// What identifies browsers, with their names. Most also name others, which are later in the list.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Whale/", "Whale"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// What identifies systems, with their names.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
];

/// Returns a name such as `Firefox on Linux`; of other clients, the name without its version.
fn device_name(agent: &str) -> Option<DeviceName> {
    let known = |names: &[(&str, &'static str)]| names.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name);
    let name = match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, _) => agent.split(['/', ' ', '(']).next()?.chars().take(60).collect(),
    };
    DeviceName::new(&name).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn browsers_are_named_with_their_systems() {
        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 \
                     Mobile/15E148 Safari/604.1";
        for (agent, name) in [
            (mac, "Chrome on Mac"),
            (&format!("{mac} Edg/131.0.0.0"), "Edge on Mac"),
            (phone, "Safari on iPhone"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
            ("curl/8.5.0", "curl"),
            (&"x".repeat(500), &"x".repeat(60)),
        ] {
            assert_eq!(device_name(agent).as_ref().map(DeviceName::as_str), Some(name), "{agent}");
        }
        assert_eq!(device_name(""), None);
    }

    proptest! {
        #[test]
        fn any_agent_has_a_short_printable_name_or_none(agent in ".{0,100}") {
            let name = device_name(&agent);
            prop_assert!(name.is_none_or(|name| name.as_str().chars().count() <= 60 && !name.as_str().chars().any(char::is_control)));
        }
    }
}
