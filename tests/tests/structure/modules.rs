//! The modules of each crate depend on each other without cycles.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree, Visibility};

/// A module by its path within the crate; the root has no segments.
type Module = Vec<String>;

/// A module's names: what it defines, its submodules, and what it imports.
#[derive(Default)]
struct Source {
    defined: BTreeSet<String>,
    submodules: BTreeSet<String>,
    /// The names within its macro calls, which may define items.
    in_macros: BTreeSet<String>,
    imports: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    /// The paths that its code mentions, re-exports not counted.
    mentioned: Vec<Vec<String>>,
}

/// Whether an item is left out of a build without tests.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_cfg = attribute.path().is_ident("cfg");
        is_cfg && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string().contains("test"))
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

impl Source {
    fn define(&mut self, item: &Item) {
        let name = match item {
            Item::Const(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            Item::Fn(item) => Some(&item.sig.ident),
            Item::Macro(item) => item.ident.as_ref(),
            Item::Static(item) => Some(&item.ident),
            Item::Struct(item) => Some(&item.ident),
            Item::Trait(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            _ => None,
        };
        self.defined.extend(name.map(ToString::to_string));
    }

    /// Adds what `tree` imports below `prefix`.
    fn import(&mut self, tree: &UseTree, prefix: &[String], is_reexport: bool) {
        let below = |name: String| [prefix, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.import(&path.tree, &below(path.ident.to_string()), is_reexport),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, prefix, is_reexport)),
            UseTree::Name(name) if name.ident == "self" => self.add_import(prefix.last().unwrap().clone(), prefix.to_vec(), is_reexport),
            UseTree::Name(name) => self.add_import(name.ident.to_string(), below(name.ident.to_string()), is_reexport),
            UseTree::Rename(name) => self.add_import(name.rename.to_string(), below(name.ident.to_string()), is_reexport),
            UseTree::Glob(_) => {
                self.globs.push(prefix.to_vec());
                if !is_reexport {
                    self.mentioned.push(prefix.to_vec());
                }
            }
        }
    }

    fn add_import(&mut self, name: String, path: Vec<String>, is_reexport: bool) {
        if !is_reexport {
            self.mentioned.push(path.clone());
        }
        self.imports.insert(name, path);
    }

    fn collect_names(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    self.in_macros.insert(ident.to_string());
                }
                TokenTree::Group(group) => self.collect_names(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// Adds the paths within the tokens of a macro.
    fn mention_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.mention(std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.mention(std::mem::take(&mut path));
                    colons = 0;
                    self.mention_tokens(group.stream());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    self.mention(std::mem::take(&mut path));
                    colons = 0;
                }
            }
        }
        self.mention(path);
    }

    /// Adds a path of a macro; a single name may as well be a variable.
    fn mention(&mut self, path: Vec<String>) {
        if path.len() > 1 {
            self.mentioned.push(path);
        }
    }
}

impl<'ast> Visit<'ast> for Source {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            self.mentioned.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, used: &'ast syn::Macro) {
        self.visit_path(&used.path);
        self.mention_tokens(used.tokens.clone());
    }
}

/// The modules of the crate whose root is `file`.
struct Crate {
    modules: BTreeMap<Module, Source>,
}

impl Crate {
    fn read(root: &Path) -> Self {
        let mut this = Self { modules: BTreeMap::new() };
        let file = ["lib.rs", "main.rs"].map(|name| root.join(name)).into_iter().find(|file| file.exists()).unwrap();
        this.read_module(Vec::new(), &file, root);
        this
    }

    /// Reads `file`, whose submodules are in `folder`.
    fn read_module(&mut self, module: Module, file: &Path, folder: &Path) {
        let parsed = syn::parse_file(&std::fs::read_to_string(file).unwrap()).unwrap();
        let mut source = Source::default();
        for item in parsed.items.iter().filter(|item| !is_for_tests(attributes(item))) {
            match item {
                Item::Mod(declared) if declared.content.is_none() => {
                    let name = declared.ident.to_string();
                    let (flat, nested) = (folder.join(format!("{name}.rs")), folder.join(&name).join("mod.rs"));
                    let below = [module.clone(), vec![name.clone()]].concat();
                    let path: PathBuf = if flat.exists() { flat } else { nested };
                    self.read_module(below, &path, &folder.join(&name));
                    source.submodules.insert(name);
                }
                Item::Use(used) => source.import(&used.tree, &[], !matches!(used.vis, Visibility::Inherited)),
                item => {
                    if let Item::Macro(call) = item {
                        source.collect_names(call.mac.tokens.clone());
                    }
                    source.define(item);
                    source.visit_item(item);
                }
            }
        }
        self.modules.insert(module, source);
    }

    /// The module that defines what `path` names in `module`, if it is one of the crate's.
    fn resolve(&self, module: &[String], path: &[String], depth: usize) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        if depth > 20 {
            return None;
        }
        match first.as_str() {
            "crate" => self.resolve_in(&[], rest, depth),
            "self" => self.resolve_in(module, rest, depth),
            "super" => self.resolve_in(module.split_last()?.1, rest, depth),
            _ => self.resolve_in(module, path, depth),
        }
    }

    fn resolve_in(&self, module: &[String], path: &[String], depth: usize) -> Option<Module> {
        let source = self.modules.get(module)?;
        let Some((first, rest)) = path.split_first() else { return Some(module.to_vec()) };
        if first == "super" {
            return self.resolve_in(module.split_last()?.1, rest, depth);
        }
        if source.submodules.contains(first) {
            return self.resolve_in(&[module, std::slice::from_ref(first)].concat(), rest, depth);
        }
        if source.defined.contains(first) {
            return Some(module.to_vec());
        }
        if let Some(import) = source.imports.get(first) {
            return self.resolve(module, &[import, rest].concat(), depth + 1);
        }
        if source.in_macros.contains(first) {
            return Some(module.to_vec());
        }
        source
            .globs
            .iter()
            .filter(|glob| glob.first().is_some_and(|first| ["crate", "self", "super"].contains(&&**first)))
            .find_map(|glob| self.resolve(module, &[glob, path].concat(), depth + 1))
    }

    /// Which modules each module depends on.
    fn dependencies(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let of = |module: &Module, source: &Source| {
            source.mentioned.iter().filter_map(|path| self.resolve(module, path, 0)).filter(|found| found != module).collect()
        };
        self.modules.iter().map(|(module, source)| (module, of(module, source))).collect()
    }
}

/// The cycles of a graph: each set of modules that all reach each other.
fn cycles<'a>(graph: &BTreeMap<&'a Module, BTreeSet<Module>>) -> Vec<BTreeSet<&'a Module>> {
    let reach = |from: &'a Module| {
        let mut reached: BTreeSet<Module> = BTreeSet::new();
        let mut next: Vec<Module> = graph[from].iter().cloned().collect();
        while let Some(module) = next.pop() {
            if reached.insert(module.clone()) {
                next.extend(graph.get(&module).into_iter().flatten().cloned());
            }
        }
        reached
    };
    let reached: BTreeMap<&Module, BTreeSet<Module>> = graph.keys().map(|module| (*module, reach(module))).collect();
    let ring = |module: &&'a Module| -> BTreeSet<&'a Module> {
        graph.keys().filter(|other| reached[*module].contains(**other) && reached[**other].contains(*module)).copied().collect()
    };
    graph.keys().map(ring).filter(|ring| !ring.is_empty()).collect::<BTreeSet<_>>().into_iter().collect()
}

#[test]
fn modules_depend_on_each_other_without_cycles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = ["crates", "examples"].map(|folder| std::fs::read_dir(root.join(folder)).unwrap());
    let members = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
    let members = members.chain(["bench", "migrations", "testbed", "tests"].map(|name| root.join(name)));
    let mut found = Vec::new();
    for source in members.map(|member| member.join("src")).filter(|source| source.exists()) {
        let read = Crate::read(&source);
        let graph = read.dependencies();
        for ring in cycles(&graph) {
            let edge = |from: &&&Module| {
                let to: Vec<_> = graph[**from].iter().filter(|to| ring.contains(to)).map(|to| to.join("::")).collect();
                format!("    {} -> {}", from.join("::"), to.join(", "))
            };
            let edges: Vec<_> = ring.iter().map(|from| edge(&from)).collect();
            found.push(format!("{}:\n{}", source.display(), edges.join("\n")));
        }
    }
    assert!(found.is_empty(), "modules depend on each other in cycles:\n{}", found.join("\n"));
}
