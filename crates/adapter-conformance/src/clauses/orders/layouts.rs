//! Layouts of schedules.

use domain::decide::admin::seat_map::LayOut;
use domain::layout::{Category, Colour, Curve, Point, Polygon, SeatKind};
use domain::{Layout, LayoutHash, Write, need};

use super::catalogue::a_plan;
use crate::Adapter;
use crate::world::{CYD, OTHER_SCHEDULE, SCHEDULE, World, assert_committed, assert_conflict, seat_number, won};

/// Returns a layout of 20 seats that uses every property.
fn a_layout() -> Layout {
    let mut layout = a_plan(20, 900);
    let points = [(-10, 0), (200, 0), (95, 40)].map(|(x, y)| Point::new(x, y).unwrap());
    let outline = Polygon::new(points.into()).unwrap();
    let vip = Category { colour: Some(Colour([1, 2, 3])), ..Category::of_price(won(1_900)).unwrap() };
    let section = &mut layout.sections[0];
    section.outline = Some(outline.clone());
    section.rows[0].curve = Curve::new(&points).ok();
    let mut companions = section.rows[0].clone();
    (companions.from, companions.to, companions.first_place) = (seat_number(31), seat_number(32), 7);
    (companions.kind, companions.category, companions.curve) = (SeatKind::Companion, vip.id.clone(), Curve::new(&points[..2]).ok());
    companions.name = domain::Title::new("\"B\" ü").unwrap();
    section.rows.push(companions);
    layout.categories.push(vip);
    layout.stage = Some(outline);
    layout
}

/// [`need::LayoutOf`]: the layout that the schedule names, as it was written; none if it names none.
pub async fn a_layout_is_found_by_its_schedule(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    assert_eq!(world.find(need::LayoutOf(SCHEDULE)).await, None, "the seats were created without a layout");
    assert_eq!(world.find(need::LayoutOf(world.new_id())).await, None, "an unknown schedule");
    world.run(&LayOut::new(world.an_order(CYD), SCHEDULE, a_layout()).unwrap()).await.unwrap();
    world.run(&LayOut::new(world.an_order(CYD), OTHER_SCHEDULE, a_plan(5, 1)).unwrap()).await.unwrap();
    let found = world.find((need::LayoutOf(SCHEDULE), need::LayoutOf(OTHER_SCHEDULE))).await;
    assert_eq!(found, (Some(a_layout()), Some(a_plan(5, 1))));
    assert_eq!(world.schedule(SCHEDULE).await.unwrap().layout(), Some(a_layout().hash()));
    world.assert_audit_is_clean().await;
}

/// `layout`: the layout with the hash, also if no schedule names it any more; none if it isn't stored.
pub async fn a_layout_is_read_by_its_hash(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let catalogue = &world.ports.catalogue;
    assert_eq!(catalogue.layout(a_layout().hash()).await.unwrap(), None);
    world.run(&LayOut::new(world.an_order(CYD), SCHEDULE, a_layout()).unwrap()).await.unwrap();
    let mut renamed = a_layout();
    renamed.categories[0].name = domain::Title::new("Balcony").unwrap();
    world.run(&LayOut::new(world.an_order(CYD), SCHEDULE, renamed.clone()).unwrap()).await.unwrap();
    for layout in [a_layout(), renamed.clone()] {
        assert_eq!(catalogue.layout(layout.hash()).await.unwrap(), Some(layout));
    }
    assert_eq!(catalogue.layout(LayoutHash([7; 32])).await.unwrap(), None);
    assert_eq!(world.schedule(SCHEDULE).await.unwrap().layout(), Some(renamed.hash()));
}

/// `commit`: a layout that exists already is not written again, and is no conflict; two changes of one group may not write the same one.
pub async fn schedules_share_a_layout(adapter: &dyn Adapter) {
    let world = World::with_halls(adapter, 3).await;
    let change = async |schedule| world.change_of(&LayOut::new(world.an_order(CYD), schedule, a_layout()).unwrap()).await;
    let (first, second) = (change(SCHEDULE).await, change(OTHER_SCHEDULE).await);
    let mut committed = world.ports.store.commit(&[first, second.clone()]).await;
    assert_conflict(&committed.remove(1), "both write the layout");
    assert_committed(&committed.remove(0), "the first of them");
    assert!(second.rows::<Layout>().eq([&Write::insert(a_layout())]));
    assert_committed(&world.commit(&second).await, "the layout exists");
    let layouts = world.find((need::LayoutOf(SCHEDULE), need::LayoutOf(OTHER_SCHEDULE))).await;
    assert_eq!(layouts, (Some(a_layout()), Some(a_layout())));
}
