/// Declares, in an adapter, what its handlers ask for and answer with: the same types in the same words for every framework.
#[doc(hidden)]
#[macro_export]
macro_rules! handler_types {
    ($adapter:ident) => {
        /// A signed-in user's session. As an extractor it protects the handler: an anonymous page load is sent to log in
        /// and comes back, an anonymous call gets 401, and a store outage 503.
        #[derive(Clone, Debug)]
        pub struct Session($crate::Session);

        impl Session {
            /// The session apart from the framework.
            pub fn into_inner(self) -> $crate::Session {
                self.0
            }

            pub(crate) async fn of(
                entry: $crate::handler::Entry<'_>,
            ) -> Result<Self, $crate::handler::Refusal> {
                entry.session().await.map(Self)
            }
        }

        impl ::std::ops::Deref for Session {
            type Target = $crate::Session;

            fn deref(&self) -> &$crate::Session {
                &self.0
            }
        }

        /// Whoever is there. As an extractor it protects nothing, yet an outage of the store is 503 and never `Anonymous`.
        #[derive(Clone, Debug)]
        pub enum Visitor {
            /// Nobody who is signed in.
            Anonymous,
            /// A signed-in user.
            SignedIn(Session),
        }

        impl Visitor {
            pub(crate) async fn of(
                entry: $crate::handler::Entry<'_>,
            ) -> Result<Self, $crate::handler::Refusal> {
                Ok(match entry.visitor().await? {
                    $crate::Visitor::Anonymous => Self::Anonymous,
                    $crate::Visitor::SignedIn(session) => Self::SignedIn(Session(session)),
                })
            }
        }

        /// The session of a user who has what `G` requires. As an extractor it protects the handler: who is anonymous is
        /// sent to log in as by [`Session`], who lacks a right gets 403, and whose login is too weak or too old logs in
        /// once more.
        ///
        /// ```
        #[doc = concat!("use ", stringify!($adapter), "::{Guard, Guarded, Requirement};")]
        ///
        /// struct CanBill;
        ///
        /// impl Guard for CanBill {
        ///     fn requirement() -> Requirement {
        ///         Requirement::permission("invoices:write")
        ///     }
        /// }
        ///
        /// async fn invoices(Guarded { session, .. }: Guarded<CanBill>) -> String {
        ///     format!("bills by {}", session.subject())
        /// }
        /// ```
        #[derive(Debug)]
        pub struct Guarded<G> {
            /// Who is there.
            pub session: Session,
            guard: ::std::marker::PhantomData<fn() -> G>,
        }

        impl<G: $crate::Guard> Guarded<G> {
            pub(crate) async fn of(
                entry: $crate::handler::Entry<'_>,
            ) -> Result<Self, $crate::handler::Refusal> {
                let session = Session(entry.guarded(&G::requirement()).await?);
                Ok(Self { session, guard: ::std::marker::PhantomData })
            }
        }

        impl<G> ::std::ops::Deref for Guarded<G> {
            type Target = Session;

            fn deref(&self) -> &Session {
                &self.session
            }
        }

        /// What the request's access token grants. As an extractor it protects the handler: without a token that is
        /// accepted, the answer is a challenge (RFC 6750 section 3), and 503 where that cannot be told.
        #[derive(Clone, Debug)]
        pub struct Bearer(::std::sync::Arc<$crate::vestibule::Verified<$crate::vestibule::AccessGrant>>);

        impl Bearer {
            pub(crate) async fn of(
                entry: $crate::handler::Entry<'_>,
            ) -> Result<Self, $crate::handler::Refusal> {
                entry.grant().await.map(Self)
            }
        }

        impl ::std::ops::Deref for Bearer {
            type Target = $crate::vestibule::Verified<$crate::vestibule::AccessGrant>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        /// Whoever calls, by access token or by session: the token counts if one is sent. As an extractor it protects
        /// the handler, of an application that has both: `wrap(wrap_api(application, api), rp)`.
        #[derive(Clone, Debug)]
        pub enum Caller {
            /// A signed-in user, by session. A request that changes something needs the protection of [`CheckedForm`]
            /// then, as in any handler of a session.
            User(Session),
            /// Whoever the access token stands for.
            Token(Bearer),
        }

        impl Caller {
            pub(crate) async fn of(
                entry: $crate::handler::Entry<'_>,
            ) -> Result<Self, $crate::handler::Refusal> {
                Ok(match entry.caller().await? {
                    $crate::handler::Caller::User(session) => Self::User(Session(session)),
                    $crate::handler::Caller::Token(grant) => Self::Token(Bearer(grant)),
                })
            }
        }

        /// A form that the signed-in user sent from a page of this application.
        ///
        /// Other sites can make a browser send forms too, cookies and all; this extractor refuses theirs with 403, by
        /// what the browser says of the origin and by the session's token in the field `csrf` or the header
        /// `X-CSRF-Token`. An anonymous sender is refused as by [`Session`]; a form that is larger than
        /// [`form_limit`](vestibule_web::RelyingPartyBuilder::form_limit) with 413, one that lacks a field with 422.
        /// Fields that may come more than once are a `Vec`.
        ///
        /// ```
        #[doc = concat!("use ", stringify!($adapter), "::CheckedForm;")]
        ///
        /// #[derive(serde::Deserialize)]
        /// struct Rename {
        ///     name: String,
        /// }
        ///
        /// async fn rename(CheckedForm { session, fields }: CheckedForm<Rename>) -> String {
        ///     format!("{} is now {}", session.subject(), fields.name)
        /// }
        /// ```
        #[derive(Clone, Debug)]
        pub struct CheckedForm<T> {
            /// Who sent it.
            pub session: Session,
            /// What it says.
            pub fields: T,
        }

        impl<T> From<($crate::Session, T)> for CheckedForm<T> {
            fn from((session, fields): ($crate::Session, T)) -> Self {
                Self { session: Session(session), fields }
            }
        }

        /// What a handler returns when something about the session failed. The answer is the engine's own: a page for a
        /// person, problem+json for a program; 401 where the session has ended, 503 where trying again will help.
        ///
        /// ```
        #[doc = concat!("use ", stringify!($adapter), "::{Failure, Session};")]
        ///
        /// async fn report(session: Session) -> Result<String, Failure> {
        ///     let token = session.access_token().await?; // renewed when due
        ///     // ... call the API with `token.expose()`
        ///     # let _ = token;
        ///     Ok("done".into())
        /// }
        /// ```
        #[derive(Clone, Debug)]
        pub struct Failure(pub(crate) ::std::sync::Arc<$crate::Error>);

        impl<E: Into<$crate::Error>> From<E> for Failure {
            fn from(error: E) -> Self {
                Self(::std::sync::Arc::new(error.into()))
            }
        }
    };
}
