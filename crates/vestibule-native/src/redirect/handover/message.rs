use std::ffi::OsString;

use tokio::io::{AsyncRead, AsyncReadExt};
use vestibule::RedirectUri;

use crate::redirect::{RedirectError, paste::answer_in};

/// The longest link that is handed over.
pub(super) const LONGEST: usize = 8 * 1024;

/// The first instance's word: the link was the answer that it waits for.
pub(super) const TAKEN: u8 = b'+';
/// It was not.
pub(super) const REFUSED: u8 = b'-';

/// The one link among the arguments, without the program's name. What merely looks like one is refused: it did not come from
/// the provider.
pub(super) fn link_in(
    arguments: impl IntoIterator<Item = OsString>,
    redirect_uri: &RedirectUri,
) -> Result<Option<String>, RedirectError> {
    let mut link = None;
    for argument in arguments.into_iter().skip(1) {
        if !is_ours(&argument.to_string_lossy(), redirect_uri) {
            continue;
        }
        let text = argument.into_string().map_err(|_| RedirectError::HandoffRefused)?;
        let fits = text.len() <= LONGEST && answer_in(&text, redirect_uri).is_some();
        if !fits || link.replace(text).is_some() {
            return Err(RedirectError::HandoffRefused);
        }
    }
    Ok(link)
}

/// Whether the system may have started us because of this argument.
fn is_ours(argument: &str, redirect_uri: &RedirectUri) -> bool {
    let uri = redirect_uri.as_str();
    let claimed = match uri.split_once(':') {
        Some(("https", _)) => uri,
        Some((scheme, _)) => scheme,
        None => uri,
    };
    argument.get(..claimed.len()).is_some_and(|start| start.eq_ignore_ascii_case(claimed))
}

/// Length in two bytes, then the link.
pub(super) fn frame(link: &str) -> Vec<u8> {
    let length = u16::try_from(link.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], link.as_bytes()].concat()
}

/// Reads one frame; `None` for anything that is none.
pub(super) async fn read(peer: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let length = usize::from(peer.read_u16().await.ok()?);
    if length > LONGEST {
        return None;
    }
    let mut link = vec![0; length];
    peer.read_exact(&mut link).await.ok()?;
    String::from_utf8(link).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn redirect_uri() -> RedirectUri {
        RedirectUri::private_use("com.example.acme:/callback").unwrap()
    }

    fn link(arguments: &[&str]) -> Result<Option<String>, RedirectError> {
        link_in(["acme"].iter().chain(arguments).map(OsString::from), &redirect_uri())
    }

    #[test]
    fn f15_a_link_among_the_arguments_is_found() {
        let answer = "com.example.acme:/callback?code=c&state=s";
        assert_eq!(link(&[]), Ok(None));
        assert_eq!(link(&["--hidden", "notes.txt"]), Ok(None));
        assert_eq!(link(&["--url", answer]), Ok(Some(answer.to_owned())));
    }

    #[test]
    fn f15_what_merely_looks_like_a_link_is_refused() {
        let long = format!("com.example.acme:/callback?code={}", "c".repeat(1024 * 1024));
        let answer = "com.example.acme:/callback?code=c&state=s";
        for arguments in [
            &["com.example.acme:/callback"][..],
            &["com.example.acme:/callback/x?code=c"],
            &["com.example.acme:/callback?code=c#x"],
            &["com.example.acme:/callback?code=c\n"],
            &["com.example.acme:/callback?code=c d"],
            &["com.example.acme:/callback?code=\u{e9}"],
            &["COM.example.acme:/callback?code=c"],
            &["com.example.acme://callback?code=c"],
            &[answer, answer],
            &[&long],
        ] {
            assert_eq!(link(arguments), Err(RedirectError::HandoffRefused), "{:.80?}", arguments);
        }
    }

    proptest! {
        #[test]
        fn f15_no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let read = runtime.block_on(read(&mut bytes.as_slice()));
            let whole = bytes.len() >= 2 && bytes.len() - 2 >= usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
            prop_assert!(read.is_none() || whole);
        }

        #[test]
        fn f15_a_frame_is_read_back(query in "[!-~]{0,200}") {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let link = format!("com.example.acme:/callback?{query}");
            let read = runtime.block_on(read(&mut frame(&link).as_slice()));
            prop_assert_eq!(read, Some(link));
        }
    }
}
