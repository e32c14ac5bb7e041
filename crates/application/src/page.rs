//! Pages: lists are never unbounded.

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest<C> {
    /// The last item of the page before; none for the first page.
    pub after: Option<C>,
    /// How many items at most.
    pub size: u32,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, C> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; none if this is the last.
    pub next: Option<C>,
}

impl<C: Copy> PageRequest<C> {
    /// The default number of items.
    pub const DEFAULT_SIZE: u32 = 50;
    /// The largest number of items; who asks for more gets this many.
    pub const MAX_SIZE: u32 = 200;

    /// One more than asked for: whether there is one tells whether there is a next page.
    #[must_use]
    pub const fn one_more(self) -> Self {
        Self { after: self.after, size: self.size + 1 }
    }

    /// The page from `items`, of which [`Self::one_more`] were asked for.
    pub fn cut<T>(self, mut items: Vec<T>, cursor: impl Fn(&T) -> C) -> Page<T, C> {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let more = items.len() > size;
        items.truncate(size);
        let next = if more { items.last().map(cursor) } else { None };
        Page { items, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_has_no_next() {
        let request = PageRequest { after: None, size: 2 };
        assert_eq!(request.cut(vec![1, 2, 3], |n| *n), Page { items: vec![1, 2], next: Some(2) });
        assert_eq!(request.cut(vec![1, 2], |n| *n), Page { items: vec![1, 2], next: None });
        assert_eq!(request.cut(Vec::<i32>::new(), |n| *n), Page { items: vec![], next: None });
    }
}
