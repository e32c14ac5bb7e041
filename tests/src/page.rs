//! The page at `/metrics`.

use std::collections::BTreeMap;

use crate::Frontrow;

/// The metrics of a server.
#[derive(Debug)]
pub struct MetricsPage(String);

impl Frontrow {
    /// Returns the server's metrics.
    pub async fn metrics(&self) -> MetricsPage {
        let page = self.http.get(format!("{}/metrics", self.base)).send().await.unwrap();
        assert_eq!(page.status(), 200);
        MetricsPage(page.text().await.unwrap())
    }
}

impl MetricsPage {
    /// Returns the name and the type of each metric.
    #[must_use]
    pub fn types(&self) -> BTreeMap<String, String> {
        let lines = self.0.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
        lines.map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect()
    }

    /// Returns each series, as it is written, with its value.
    pub fn series(&self) -> impl Iterator<Item = (&str, f64)> {
        let lines = self.0.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.rsplit_once(' ')).map(|(series, value)| (series, value.parse().unwrap()))
    }

    /// Returns the value of `series`, if it is exported.
    #[must_use]
    pub fn get(&self, series: &str) -> Option<f64> {
        self.series().find(|(name, _)| *name == series).map(|(_, value)| value)
    }
}
