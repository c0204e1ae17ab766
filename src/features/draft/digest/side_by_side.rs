//! How is work in independent pieces shared among the cores, so that the result does not show who did what?

use std::sync::atomic::{AtomicUsize, Ordering};

/// The results of `work` on the pieces `0..pieces`, in their order. One thread per core takes the next piece that nobody
/// has begun.
pub fn side_by_side<T: Send>(pieces: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done: Vec<(usize, T)> = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= pieces {
                return done;
            }
            done.push((at, work(at)));
        }
    };
    let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..cores.min(pieces)).map(|_| scope.spawn(take)).collect();
        let mut done = take();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::side_by_side;

    #[test]
    fn results_stand_in_the_order_of_the_pieces() {
        assert_eq!(side_by_side(1_000, |at| at * 2), (0..1_000).map(|at| at * 2).collect::<Vec<_>>());
        assert_eq!(side_by_side(0, |at| at), Vec::<usize>::new());
    }
}
