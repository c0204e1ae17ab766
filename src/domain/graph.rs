//! Which services must go out before which? The graph that their dependencies make.

use crate::domain::service::Service;
use std::collections::{HashMap, VecDeque};

/// The order of deployment: what others need comes first, and what needs each other in a circle is one step. Steps that do
/// not depend on each other keep the catalogue's order.
///
/// Give it the whole catalogue, so that a need through a third service counts, and keep of each step what goes out.
pub fn order<'a>(services: impl IntoIterator<Item = &'a Service>) -> Vec<Vec<&'a str>> {
    let graph = Graph::of(services);
    let mut steps = graph.circles();
    // What a service needs, needs strictly less than it does, unless both need each other.
    steps.sort_by_key(|step| graph.reached[step[0]].iter().filter(|needed| **needed).count());
    steps.into_iter().map(|step| graph.named(step)).collect()
}

/// Services that need each other in a circle, as the shortest way around it: `a`, `b`, `a`.
pub fn cycles<'a>(services: impl IntoIterator<Item = &'a Service>) -> Vec<Vec<&'a str>> {
    let graph = Graph::of(services);
    let circles = graph.circles();
    circles.into_iter().filter_map(|circle| graph.around(circle[0])).map(|way| graph.named(way)).collect()
}

/// Who needs this service itself, in the catalogue's order.
pub fn dependents<'a>(services: impl IntoIterator<Item = &'a Service>, name: &str) -> Vec<&'a Service> {
    let needs = |service: &&Service| service.depends_on.iter().any(|needed| needed.service == name);
    services.into_iter().filter(needs).collect()
}

struct Graph<'a> {
    names: Vec<&'a str>,
    /// By place in `names`: what each service needs itself. Needs that are in no catalogue are left out.
    needs: Vec<Vec<usize>>,
    /// What each service needs directly or through others, and itself.
    reached: Vec<Vec<bool>>,
}

impl<'a> Graph<'a> {
    fn of(services: impl IntoIterator<Item = &'a Service>) -> Self {
        let services: Vec<&Service> = services.into_iter().collect();
        let at: HashMap<&str, usize> =
            services.iter().enumerate().map(|(place, service)| (service.name.as_str(), place)).collect();
        let needs: Vec<Vec<usize>> = services
            .iter()
            .map(|service| {
                service.depends_on.iter().filter_map(|need| at.get(need.service.as_str()).copied()).collect()
            })
            .collect();
        let reached = (0..services.len()).map(|place| reached(&needs, place)).collect();
        Self { names: services.iter().map(|service| service.name.as_str()).collect(), needs, reached }
    }

    /// Every service once, with those that it needs and that need it; a service outside all circles is alone.
    fn circles(&self) -> Vec<Vec<usize>> {
        let mut circles: Vec<Vec<usize>> = Vec::new();
        let mut taken = vec![false; self.names.len()];
        for first in 0..self.names.len() {
            if taken[first] {
                continue;
            }
            let together = |other: &usize| self.reached[first][*other] && self.reached[*other][first];
            let circle: Vec<usize> = (first..self.names.len()).filter(together).collect();
            circle.iter().for_each(|place| taken[*place] = true);
            circles.push(circle);
        }
        circles
    }

    /// The shortest way from a service back to itself, both ends named; nothing where there is none.
    fn around(&self, start: usize) -> Option<Vec<usize>> {
        let mut came_from: Vec<Option<usize>> = vec![None; self.names.len()];
        let mut waiting = VecDeque::from([start]);
        while let Some(here) = waiting.pop_front() {
            for &next in &self.needs[here] {
                if next == start {
                    let back = std::iter::successors(Some(here), |place| came_from[*place]);
                    let mut way: Vec<usize> = std::iter::once(start).chain(back).collect();
                    way.reverse();
                    return Some(way);
                }
                if came_from[next].is_none() {
                    came_from[next] = Some(here);
                    waiting.push_back(next);
                }
            }
        }
        None
    }

    fn named(&self, places: Vec<usize>) -> Vec<&'a str> {
        places.into_iter().map(|place| self.names[place]).collect()
    }
}

fn reached(needs: &[Vec<usize>], start: usize) -> Vec<bool> {
    let mut reached = vec![false; needs.len()];
    reached[start] = true;
    let mut open = vec![start];
    while let Some(here) = open.pop() {
        for &next in &needs[here] {
            if !std::mem::replace(&mut reached[next], true) {
                open.push(next);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::service::Dependency;
    use proptest::prelude::*;

    /// `web>api`: `web` needs `api`; services stand in the order of `names`.
    fn catalogue(names: &[&str], needs: &[&str]) -> Vec<Service> {
        let on = |name: &str| {
            let own = needs.iter().filter_map(|need| need.split_once('>')).filter(|(who, _)| *who == name);
            own.map(|(_, what)| Dependency { service: what.to_owned(), through: String::new() }).collect()
        };
        let service = |name: &&str| Service { depends_on: on(name), ..Service::plain(name, "/srv/git".into()) };
        names.iter().map(service).collect()
    }

    #[test]
    fn what_others_need_goes_out_first_and_a_circle_goes_out_together() {
        let services = catalogue(
            &["web", "api", "ledger", "rates", "docs"],
            &["web>api", "api>ledger", "ledger>rates", "rates>ledger", "web>elsewhere"],
        );
        assert_eq!(order(&services), [vec!["docs"], vec!["ledger", "rates"], vec!["api"], vec!["web"]]);
        assert_eq!(cycles(&services), [["ledger", "rates", "ledger"]]);
        let names: Vec<&str> = dependents(&services, "ledger").iter().map(|service| service.name.as_str()).collect();
        assert_eq!(names, ["api", "rates"]);
    }

    #[test]
    fn of_a_knot_the_shortest_way_around_is_told() {
        let services = catalogue(&["a", "b", "c"], &["a>b", "b>c", "c>a", "c>b"]);
        assert_eq!(cycles(&services), [["a", "b", "c", "a"]]);
        assert_eq!(order(&services), [["a", "b", "c"]]);
        assert_eq!(cycles(&catalogue(&["a"], &["a>a"])), [["a", "a"]]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_service_is_placed_once_behind_all_it_needs(edges in proptest::collection::vec((0usize..12, 0usize..12), 0..30)) {
            let names: Vec<String> = (0..12).map(|number| format!("s{number}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let needs: Vec<String> = edges.iter().map(|(who, what)| format!("s{who}>s{what}")).collect();
            let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
            let services = catalogue(&names, &needs);
            let steps = order(&services);
            let step_of = |name: &str| steps.iter().position(|step| step.contains(&name)).expect("it is placed");
            let mut placed: Vec<&str> = steps.iter().flatten().copied().collect();
            placed.sort_unstable();
            let mut all = names.clone();
            all.sort_unstable();
            prop_assert_eq!(placed, all);
            for (who, what) in &edges {
                prop_assert!(step_of(names[*what]) <= step_of(names[*who]));
            }
            // A step of several is told as a circle, and each circle told is one: every arrow on its way is there.
            let told = cycles(&services);
            let several = steps.iter().filter(|step| step.len() > 1);
            prop_assert!(several.clone().all(|step| told.iter().any(|way| step.contains(&way[0]))));
            for way in &told {
                prop_assert_eq!(way.first(), way.last());
                let is_there = |pair: &[&str]| needs.contains(&[pair[0], ">", pair[1]].concat().as_str());
                prop_assert!(way.windows(2).all(is_there));
            }
        }
    }
}
