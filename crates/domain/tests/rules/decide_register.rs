//! Register: somebody is new here.

use domain::decide::register::{Command, decide};
use domain::{Change, Context, Event, User, UserName, Wallet, Write};

use crate::fixtures::*;

#[test]
fn a_new_user_has_an_empty_wallet() {
    let name = UserName::new("Ada").unwrap();
    let (user, change) = outcome_of(decide(&Context::at(NOW), &Command { user: ADA, name: name.clone() }));
    assert_eq!(user, User { id: ADA, name: Some(name), created_at: NOW });
    let expected = Change {
        user: Some(user),
        wallet: Some(Write::insert(Wallet::new(ADA))),
        events: vec![Event::UserRegistered { user: ADA }],
        ..Change::default()
    };
    assert_eq!(change, Some(expected));
    assert_eq!(Wallet::new(ADA).balance, won(0));
}
