//! What `cargo tree` says that a crate is built with.

/// A package that is built, and how the root comes to depend on it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Built {
    pub(super) name: String,
    /// Names, from the root to the package itself.
    pub(super) path: Vec<String>,
}

/// Reads the output of `cargo tree --prefix depth --format ' {p}'`: a depth, a name, a version.
pub(super) fn read(output: &str) -> Vec<Built> {
    let mut path = Vec::new();
    let mut packages: Vec<Built> = Vec::new();
    for line in output.lines() {
        let mut words = line.split_whitespace();
        let (Some(Ok(depth)), Some(name)) = (words.next().map(str::parse), words.next()) else {
            continue;
        };
        path.truncate(depth);
        path.push(name.to_owned());
        if packages.iter().all(|package| package.name != name) {
            packages.push(Built { name: name.to_owned(), path: path.clone() });
        }
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_has_the_first_path_to_it() {
        let output = "\
0 an-application v0.0.0 (/somewhere)
1 vestibule v0.1.0 (/elsewhere)
2 rustls v0.23.0
3 zeroize v1.8.0
2 openidconnect v4.1.0
3 rsa v0.9.0

1 zeroize v1.8.0 (*)
";

        let packages = read(output);

        let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, ["an-application", "vestibule", "rustls", "zeroize", "openidconnect", "rsa"]);
        assert_eq!(packages[5].path, ["an-application", "vestibule", "openidconnect", "rsa"]);
        assert_eq!(packages[3].path, ["an-application", "vestibule", "rustls", "zeroize"]);
    }
}
