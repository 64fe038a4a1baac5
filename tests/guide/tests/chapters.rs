//! Every chapter is in the summary and is compiled, and every link leads somewhere.

use std::{
    collections::BTreeSet,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

type Outcome = Result<(), Box<dyn Error>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn guide() -> PathBuf {
    root().join("docs/guide/src")
}

#[test]
fn every_chapter_is_in_the_summary_and_is_compiled() -> Outcome {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(guide())? {
        files.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    assert!(files.remove("SUMMARY.md"));
    let compiled: BTreeSet<_> = guide::CHAPTERS.iter().map(|&chapter| chapter.to_owned()).collect();
    assert_eq!(files, compiled, "tests/guide/src/lib.rs lists what is compiled");
    let summary = fs::read_to_string(guide().join("SUMMARY.md"))?;
    let listed: BTreeSet<_> = links(&summary).into_iter().collect();
    assert_eq!(listed, files, "docs/guide/src/SUMMARY.md lists what is shown");
    Ok(())
}

#[test]
fn every_rust_block_is_compiled() -> Outcome {
    for chapter in guide::CHAPTERS {
        let text = fs::read_to_string(guide().join(chapter))?;
        for (at, line) in text.lines().enumerate() {
            let excused = line.starts_with("```rust") && !matches!(line, "```rust" | "```rust,no_run");
            assert!(!excused, "{chapter}:{}: `{line}` is not compiled; code of others is `text`", at + 1);
        }
    }
    Ok(())
}

#[test]
fn every_link_leads_somewhere() -> Outcome {
    let mut documents: Vec<PathBuf> =
        ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"].map(|name| root().join(name)).into();
    for folder in [root().join("docs"), guide()] {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                documents.push(path);
            }
        }
    }
    let mut broken = Vec::new();
    for document in &documents {
        for link in links(&fs::read_to_string(document)?) {
            if !leads_somewhere(document, &link)? {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    Ok(())
}

/// Links of other sites are theirs to keep.
fn leads_somewhere(document: &Path, link: &str) -> Result<bool, Box<dyn Error>> {
    if link.contains("://") || link.starts_with("mailto:") {
        return Ok(true);
    }
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let folder = document.parent().ok_or("a document without a folder")?;
    let target = if file.is_empty() { document.to_owned() } else { folder.join(file) };
    if heading.is_empty() {
        return Ok(target.exists());
    }
    Ok(target.is_file() && headings(&fs::read_to_string(target)?).any(|known| known == heading))
}

/// What links of Markdown lead to, code aside.
fn links(text: &str) -> Vec<String> {
    let mut in_code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        let mut rest = line;
        while let Some((_, after)) = rest.split_once("](") {
            let (target, tail) = after.split_once(')').unwrap_or((after, ""));
            found.push(target.to_owned());
            rest = tail;
        }
    }
    found
}

/// The anchors of a document, as both mdBook and GitHub name them.
fn headings(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines().filter(|line| line.starts_with('#')).map(|line| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}
