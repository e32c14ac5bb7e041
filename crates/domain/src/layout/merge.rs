//! Merging: the layout of a schedule after an operator has sent a plan of some of its seats.

use std::collections::HashSet;

use super::{InvalidLayout, Layout, Row};
use crate::SeatNumber;

impl Layout {
    /// Returns this layout with the seats of `plan` as the plan has them. Seats that the plan doesn't contain stay as they are; a row of
    /// which only a part stays loses its curve.
    ///
    /// # Errors
    /// [`InvalidLayout::CategoryPrice`] if the plan changes the price of a category for seats that it doesn't contain.
    pub fn with(&self, plan: &Self) -> Result<Self, InvalidLayout> {
        let mut planned: Vec<(u32, u32)> = plan.rows().map(|(_, row)| (row.from.get(), row.to.get())).collect();
        planned.sort_unstable();
        let mut merged = Self { stage: plan.stage.clone().or_else(|| self.stage.clone()), ..self.clone() };
        for section in &mut merged.sections {
            section.rows = section.rows.iter().flat_map(|row| row.without(&planned)).collect();
        }
        for section in &plan.sections {
            match merged.sections.iter_mut().find(|existing| existing.name == section.name) {
                Some(existing) => {
                    existing.outline = section.outline.clone().or_else(|| existing.outline.take());
                    let is_replaced = existing.rows.is_empty();
                    existing.rows.extend(section.rows.iter().cloned());
                    if !is_replaced {
                        existing.rows.sort_by_key(|row| row.from);
                    }
                }
                None => merged.sections.push(section.clone()),
            }
        }
        merged.sections.retain(|section| !section.rows.is_empty());
        merged.merge_categories(plan, &planned)?;
        Ok(merged)
    }

    /// Replaces the categories by those of `plan`, and removes those that are neither used nor planned.
    fn merge_categories(&mut self, plan: &Self, planned: &[(u32, u32)]) -> Result<(), InvalidLayout> {
        let kept: HashSet<_> = self
            .rows()
            .filter(|(_, row)| !planned.contains(&(row.from.get(), row.to.get())))
            .map(|(_, row)| row.category.clone())
            .collect();
        for category in &plan.categories {
            match self.categories.iter_mut().find(|existing| existing.id == category.id) {
                Some(existing) if existing.price != category.price && kept.contains(&category.id) => {
                    return Err(InvalidLayout::CategoryPrice(category.id.clone()));
                }
                Some(existing) => *existing = category.clone(),
                None => self.categories.push(category.clone()),
            }
        }
        self.categories.retain(|category| kept.contains(&category.id) || plan.category(&category.id).is_some());
        Ok(())
    }
}

impl Row {
    /// Returns the parts of the row outside of the `planned` ranges of numbers, which are in ascending order.
    fn without(&self, planned: &[(u32, u32)]) -> Vec<Self> {
        let (mut parts, mut next) = (Vec::new(), self.from.get());
        let first_relevant = planned.partition_point(|(_, to)| *to < self.from.get());
        for (from, to) in planned[first_relevant..].iter().take_while(|(from, _)| *from <= self.to.get()) {
            parts.extend(self.part(next, from.saturating_sub(1)));
            next = next.max(to + 1);
        }
        parts.extend(self.part(next, self.to.get()));
        parts
    }

    /// Returns the part with the numbers `from` to `to`, if there are any.
    fn part(&self, from: u32, to: u32) -> Option<Self> {
        let (first, last) = (SeatNumber::new(from).ok()?, SeatNumber::new(to).ok()?);
        let is_whole = (first, last) == (self.from, self.to);
        let first_place = self.first_place.saturating_add(from.saturating_sub(self.from.get()));
        let part = Self { from: first, to: last, first_place, curve: self.curve.filter(|_| is_whole), ..self.clone() };
        (from <= to).then_some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{category, number, plan, row, title};
    use super::super::{Colour, Curve, Point, Section};
    use super::*;

    fn merge(base: &Layout, plan: &Layout) -> Layout {
        base.with(plan).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Returns the rows as section, row, from, to, first place.
    fn rows_of(layout: &Layout) -> Vec<(&str, &str, u32, u32, u32)> {
        layout
            .rows()
            .map(|(section, row)| (section.name.as_str(), row.name.as_str(), row.from.get(), row.to.get(), row.first_place))
            .collect()
    }

    #[test]
    fn a_plan_of_all_seats_replaces_the_layout() {
        let base = plan(vec![row("B", 3, 4), row("A", 1, 2)]);
        assert_eq!(merge(&base, &base), base, "the operator's order of rows is kept");
        let other =
            Layout { sections: vec![Section { name: title("Circle"), ..plan(vec![row("Z", 1, 9)]).sections[0].clone() }], ..base.clone() };
        assert_eq!(merge(&base, &other), other);
        assert_eq!(merge(&Layout::default(), &base), base);
    }

    #[test]
    fn rows_that_a_plan_contains_in_part_are_split() {
        let base = plan(vec![row("A", 1, 10), Row { first_place: 5, ..row("B", 11, 14) }]);
        let merged = merge(&base, &plan(vec![row("X", 3, 4), row("Y", 7, 11), row("Z", 20, 20)]));
        let expected = [
            ("Stalls", "A", 1, 2, 1),
            ("Stalls", "X", 3, 4, 1),
            ("Stalls", "A", 5, 6, 5),
            ("Stalls", "Y", 7, 11, 1),
            ("Stalls", "B", 12, 14, 6),
            ("Stalls", "Z", 20, 20, 1),
        ];
        assert_eq!(rows_of(&merged), expected);
        let numbers = merged.rows().flat_map(|(_, row)| row.numbers()).map(SeatNumber::get);
        assert!(numbers.eq((1..=14).chain([20])), "each seat is in one row");
    }

    #[test]
    fn a_row_of_which_a_part_stays_loses_its_curve() {
        let curve = Curve::new(&[Point { x: 0, y: 0 }, Point { x: 9, y: 0 }]).ok();
        let base = plan(vec![Row { curve, ..row("A", 1, 10) }, Row { curve, ..row("B", 11, 12) }]);
        let merged = merge(&base, &plan(vec![row("A", 10, 10)]));
        assert_eq!(merged.rows().map(|(_, row)| row.curve).collect::<Vec<_>>(), [None, None, curve]);
    }

    #[test]
    fn the_price_of_a_category_changes_only_with_all_of_its_seats() {
        let mut base = plan(vec![row("A", 1, 2), row("B", 3, 4)]);
        base.categories.push(category("unused", 7));
        let mut dearer = plan(vec![row("A", 1, 2)]);
        dearer.categories = vec![category("standard", 70_000)];
        assert_eq!(base.with(&dearer), Err(InvalidLayout::CategoryPrice(dearer.categories[0].id.clone())));
        dearer.sections[0].rows.push(row("B", 3, 4));
        assert_eq!(merge(&base, &dearer).categories, dearer.categories);

        let mut renamed = plan(vec![row("A", 1, 2)]);
        renamed.categories[0].colour = Some(Colour([1, 2, 3]));
        assert_eq!(merge(&base, &renamed).categories, renamed.categories, "unused categories are removed");
        assert_eq!(merge(&base, &renamed).sections[0].rows[1].from, number(3));
    }
}
