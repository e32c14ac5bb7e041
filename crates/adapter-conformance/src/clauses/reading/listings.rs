//! The catalogue port: what public lists of concerts need.

use std::collections::BTreeMap;

use domain::decide::admin::block;
use domain::decide::admin::concert::{ChangeConcert, ListingPatch};
use domain::{ConcertId, Description, ImageUrl, Listing, OfferedSeats, PriceRange, ScheduleId, SeatNumber, Title, Venue, Zone};
use time::Duration;

use crate::Adapter;
use crate::world::{
    ADA, BEN, CONCERT, CYD, NEIGHBOUR, OTHER_CONCERT, OTHER_SCHEDULE, SCHEDULE, SECOND_SCHEDULE, World, a_small_catalogue, seat_number,
    seat_price,
};

/// Returns a listing with all members, in characters that need escapes, and with a zone that is in no release of the IANA database.
fn a_listing(world: &World) -> Listing {
    let title = |text| Title::new(text).unwrap();
    let venue = Venue { name: title("Théâtre \"밤\""), city: title("Kyïv's"), zone: Zone::restore("Europe/Kiyv").unwrap() };
    Listing {
        description: Description::new("One night.\n\nNo \\encore — \u{1f3b8} 'never'.").ok(),
        image_url: ImageUrl::new("https://images.example/a%20b.jpg?size='2'&v=1").ok(),
        venue: Some(venue),
        publishes_at: Some(world.now() + Duration::microseconds(250_001)),
    }
}

/// `concert`: every part of a listing is kept, at the concert's creation and after changes.
pub async fn every_part_of_a_listing_is_kept(adapter: &dyn Adapter) {
    let world = World::empty(adapter).await;
    let mut catalogue = a_small_catalogue(1, world.now());
    let listing = a_listing(&world);
    catalogue.concerts[0] = catalogue.concerts[0].clone().with_listing(listing.clone());
    catalogue.insert_into(&*world.ports.store).await;
    assert_eq!(world.concert(CONCERT).await.unwrap().listing(), &listing);

    let change = async |listing: ListingPatch| {
        let order = world.an_order(CYD);
        let patch =
            ChangeConcert { order, id: CONCERT, expected: None, name: None, host: None, queue: None, max_seats_per_user: None, listing };
        world.run(&patch).await.unwrap();
        world.concert(CONCERT).await.unwrap().row.listing().clone()
    };
    let removed = ListingPatch { description: Some(None), image_url: Some(None), venue: Some(None), publishes_at: Some(None) };
    assert_eq!(change(removed).await, Listing::default());
    let Listing { description, image_url, venue, publishes_at } = listing.clone();
    let restored =
        ListingPatch { description: Some(description), image_url: Some(image_url), venue: Some(venue), publishes_at: Some(publishes_at) };
    assert_eq!(change(restored).await, listing);
    assert_eq!(world.ports.catalogue.concerts_of(domain::Queue::DEFAULT).await.unwrap()[0].listing(), &listing);
    world.assert_audit_is_clean().await;
}

/// `schedules_of`: all schedules of all of the concerts, each once, and no others.
pub async fn schedules_are_found_by_their_concerts(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 1).await;
    let of = async |concerts: &[ConcertId]| {
        let mut found = world.ports.catalogue.schedules_of(concerts).await.unwrap();
        found.sort_by_key(|schedule| schedule.id());
        found
    };
    let mut expected = vec![SCHEDULE, SECOND_SCHEDULE, OTHER_SCHEDULE];
    expected.sort();
    assert_eq!(of(&[OTHER_CONCERT, CONCERT, world.new_id(), CONCERT]).await, world.schedules(&expected).await);
    assert_eq!(of(&[]).await, []);
    assert!(of(&[NEIGHBOUR]).await.iter().all(|schedule| schedule.concert() == NEIGHBOUR));
}

/// `offered_seats`: the number and the prices of the seats that aren't BLOCKED, and whether one of them is AVAILABLE or HELD, lapsed or not; nothing for
/// schedules without such seats.
pub async fn seats_are_offered_unless_they_are_blocked(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let offered = async |schedules: &[ScheduleId]| world.ports.catalogue.offered_seats(schedules).await.unwrap();
    let seats = |lowest, highest, has_unsold| {
        let prices = PriceRange { min: seat_price(lowest), max: seat_price(highest) };
        OfferedSeats { has_unsold, count: highest - lowest + 1, prices }
    };
    let block = async |numbers: &[u32], blocked| {
        let seats: Vec<SeatNumber> = numbers.iter().copied().map(seat_number).collect();
        world.run(&block::Command { order: world.an_order(CYD), schedule: SCHEDULE, seats, blocked }).await.unwrap();
    };
    let all = [SCHEDULE, world.new_id(), OTHER_SCHEDULE, SCHEDULE];
    assert_eq!(offered(&all).await, BTreeMap::from([(SCHEDULE, seats(1, 3, true)), (OTHER_SCHEDULE, seats(1, 3, true))]));
    assert_eq!(offered(&[]).await, BTreeMap::new());

    block(&[3], true).await;
    assert_eq!(offered(&[SCHEDULE]).await[&SCHEDULE], seats(1, 2, true));
    world.bought(ADA, SCHEDULE, &[1]).await;
    let hold = world.held(world.admitted(BEN).await, SCHEDULE, &[2]).await;
    assert_eq!(offered(&[SCHEDULE]).await[&SCHEDULE], seats(1, 2, true), "a held seat may become free again");
    world.pass_seconds(301);
    assert_eq!(offered(&[SCHEDULE]).await[&SCHEDULE], seats(1, 2, true), "it is free");
    assert!(hold.expires_at() < world.now());

    block(&[2], true).await;
    assert_eq!(offered(&[SCHEDULE]).await[&SCHEDULE], seats(1, 1, false), "a sold seat keeps its price");
    let others = OTHER_SCHEDULE;
    let order = world.an_order(CYD);
    let command = block::Command { order, schedule: others, seats: (1..=3).map(seat_number).collect(), blocked: true };
    world.run(&command).await.unwrap();
    assert_eq!(offered(&[others]).await, BTreeMap::new(), "all are blocked");
    block(&[2, 3], false).await;
    assert_eq!(offered(&[SCHEDULE]).await[&SCHEDULE], seats(1, 3, true));
}
