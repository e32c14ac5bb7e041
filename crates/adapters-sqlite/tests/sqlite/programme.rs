//! What is put on: whole or not at all, stadiums too.

use std::time::{Duration, Instant};

use application::PageRequest;
use application::ports::{Catalogue, ProgrammeError, ProgrammeStore};
use domain::testing::SCHEDULE;

use crate::world::World;

#[tokio::test]
async fn a_stadium_is_put_on_in_one_go() {
    let world = World::empty().await;
    let programme = World::programme(15_000);
    let began = Instant::now();
    world.store.put_on(&programme).await.unwrap();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(world.store.reads().seats(SCHEDULE).await.unwrap().len(), 15_000);
}

#[tokio::test]
async fn a_programme_with_a_mistake_leaves_nothing_behind() {
    let world = World::empty().await;
    let mut programme = World::programme(10);
    programme.seats.push(programme.seats[3].clone());
    assert!(matches!(world.store.put_on(&programme).await, Err(ProgrammeError::Invalid(_))));
    let page = PageRequest { after: None, size: 10 };
    assert!(world.store.reads().concerts(page).await.unwrap().is_empty());

    programme.seats.pop();
    world.store.put_on(&programme).await.unwrap();
    assert!(matches!(world.store.put_on(&programme).await, Err(ProgrammeError::NotEmpty)));
    assert_eq!(world.store.reads().seats(SCHEDULE).await.unwrap().len(), 10);
}
