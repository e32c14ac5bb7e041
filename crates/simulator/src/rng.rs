//! Seeded random numbers, equal on every machine.

use std::ops::RangeInclusive;

/// A random number generator whose seed determines all its numbers.
#[derive(Debug, Clone)]
pub(crate) struct Rng(fastrand::Rng);

impl Rng {
    /// The generator for one part of a run: `parts` starts with the run's seed, and the other numbers identify the part.
    pub(crate) fn of(parts: &[u64]) -> Self {
        // SplitMix64, so that adjacent seeds give unrelated numbers.
        let mixed = parts.iter().fold(0_u64, |state, part| {
            let mut z = (state ^ part).wrapping_add(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        });
        Self(fastrand::Rng::with_seed(mixed))
    }

    /// A number in the range.
    pub(crate) fn among(&mut self, numbers: RangeInclusive<u64>) -> u64 {
        self.0.u64(numbers)
    }

    /// A 32-bit number in the range.
    pub(crate) fn small(&mut self, numbers: RangeInclusive<u32>) -> u32 {
        self.0.u32(numbers)
    }

    /// True with a probability of `per_mille` in a thousand.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.among(0..=999) < per_mille
    }

    /// One of `items`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let last = u64::try_from(items.len() - 1).unwrap_or(0);
        let index = self.among(0..=last);
        items.iter().zip(0..).find(|(_, at)| *at == index).map_or(&items[0], |(item, _)| item)
    }

    /// Up to `some` distinct `items`, in random order.
    pub(crate) fn sample<T: Copy>(&mut self, items: &[T], some: u32) -> Vec<T> {
        let mut left = items.to_vec();
        let mut sample = Vec::new();
        for _ in 0..some {
            if left.is_empty() {
                break;
            }
            let index = self.among(0..=u64::try_from(left.len() - 1).unwrap_or(0));
            sample.push(left.swap_remove(usize::try_from(index).unwrap_or(0)));
        }
        sample
    }
}
