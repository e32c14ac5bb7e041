//! The files of others: each is listed with its version, licence and checksum.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest as _, Sha256};

#[test]
fn every_vendored_file_is_listed_with_its_checksum() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages/vendor");
    let list = std::fs::read_to_string(folder.join("../../VENDORED.md")).unwrap();
    let mut listed = BTreeMap::new();
    for line in list.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let [file, package, version, licence, checksum] = cells[..] else { panic!("the row doesn't have five cells: {line}") };
        assert!(!package.is_empty() && !version.is_empty() && !licence.is_empty(), "{file}");
        let _ = listed.insert(file.to_owned(), checksum.to_owned());
    }
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let checksum = Sha256::digest(std::fs::read(&path).unwrap());
        let checksum: Vec<_> = checksum.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = found.insert(path.file_name().unwrap().to_string_lossy().into_owned(), checksum.concat());
    }
    assert_eq!(listed, found);
}
