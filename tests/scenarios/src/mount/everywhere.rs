/// Makes tests of each scenario: one on every mount, which must answer exactly as the first one does.
///
/// A scenario is an async function from a mount to the [`World`](crate::World) that it leaves behind.
///
/// ```
/// use scenarios::{Mount, World, on_every_mount};
///
/// on_every_mount! {
///     the_start_page_is_public
/// }
///
/// async fn the_start_page_is_public(mount: &'static dyn Mount) -> World {
///     let world = World::new(mount).await;
///     assert_eq!(world.receive(scenarios::Request::page("/")).await.text(), "hello stranger");
///     world
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! on_every_mount {
    ($($scenario:ident)+) => { $(
        mod $scenario {
            $crate::on_every_mount!(@mounts $scenario; bare: Bare, axum: Axum, actix: Actix);
        }
    )+ };
    (@mounts $scenario:ident; $first:ident: $First:ident, $($other:ident: $Other:ident),+) => {
        #[tokio::test(start_paused = true)]
        async fn $first() {
            drop($crate::mount::in_time(super::$scenario(&$crate::mount::$First)).await);
        }

        $(
            #[tokio::test(start_paused = true)]
            async fn $other() {
                let here = $crate::mount::in_time(super::$scenario(&$crate::mount::$Other)).await.into_exchanges();
                let there = $crate::mount::in_time(super::$scenario(&$crate::mount::$First)).await.into_exchanges();
                $crate::mount::assert_alike(&here, &there);
            }
        )+
    };
}
