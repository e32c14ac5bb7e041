//! Pages: every list is bounded.

/// A request for a part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest<C> {
    /// The last item of the previous page; none for the first page.
    pub after: Option<C>,
    /// The maximum number of items.
    pub size: u32,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, C> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page; none if this is the last.
    pub next: Option<C>,
}

impl<C: Copy> PageRequest<C> {
    /// The default number of items.
    pub const DEFAULT_SIZE: u32 = 50;
    /// The maximum number of items; a larger request is reduced to it.
    pub const MAX_SIZE: u32 = 200;

    /// Returns the request with one more item: if that item exists, there is a next page.
    #[must_use]
    pub const fn one_more(self) -> Self {
        Self { after: self.after, size: self.size + 1 }
    }

    /// Returns the page of `items`, which were loaded with [`Self::one_more`].
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
