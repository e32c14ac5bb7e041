//! Shrinking of a failing plan to a smaller one that fails in the same way.

use crate::plan::Plan;
use crate::run::run;
use crate::violation::Violation;

/// Maximum number of runs.
const MAX_RUNS: usize = 400;

/// Returns the smallest plan found that fails in the same way as `plan`.
#[must_use]
pub fn shrink(plan: &Plan, violation: &Violation) -> Plan {
    let mut shrinking = Shrinking { best: plan.clone(), violation, runs: 0 };
    loop {
        let before = shrinking.best.clone();
        shrinking.shrink_list(|plan| &mut plan.users);
        shrinking.shrink_list(|plan| &mut plan.orders);
        shrinking.shrink_list(|plan| &mut plan.faults);
        shrinking.shrink_list(|plan| &mut plan.readers);
        shrinking.try_change(|plan| plan.users.iter_mut().for_each(|user| user.visits = 1));
        if shrinking.best == before || shrinking.runs >= MAX_RUNS {
            return shrinking.best;
        }
    }
}

struct Shrinking<'a> {
    best: Plan,
    violation: &'a Violation,
    runs: usize,
}

impl Shrinking<'_> {
    /// Applies a change to the best plan if the run still fails in the same way, and returns whether it does.
    fn try_change(&mut self, change: impl FnOnce(&mut Plan)) -> bool {
        let mut plan = self.best.clone();
        change(&mut plan);
        if self.runs >= MAX_RUNS || plan == self.best {
            return false;
        }
        self.runs += 1;
        let fails = run(&plan, false).violation.is_some_and(|found| found.how == self.violation.how);
        if fails {
            self.best = plan;
        }
        fails
    }

    /// Removes as many items of a list as possible: first halves, then ever smaller parts.
    fn shrink_list<T: Clone>(&mut self, of: impl Fn(&mut Plan) -> &mut Vec<T>) {
        let mut part = of(&mut self.best).len().div_ceil(2);
        while part > 0 {
            let mut from = 0;
            while from < of(&mut self.best).len() {
                let until = of(&mut self.best).len().min(from + part);
                let removed = self.try_change(|plan| {
                    of(plan).drain(from..until);
                });
                if !removed {
                    from = until;
                }
            }
            part /= 2;
        }
    }
}
