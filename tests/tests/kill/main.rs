//! `kill -9` of the host in the middle of what it does, the moment drawn anew each time: afterwards exactly the wanted
//! workers are there, none lost and none doubled. Counted in /proc, and not by what the host says.

mod moment;
mod stage;

use stage::Stage;
use trimtab_tests::random::{Draws, rounds, seed};

/// What the issue asks for at least, and the full number.
const ROUNDS: (u32, u32) = (20, 200);

#[test]
fn a_host_killed_in_mid_action_ends_with_the_wanted_workers() {
    let mut draws = Draws::from_seed(seed());
    let mut stage = Stage::set();
    let (mut up, mut down) = (0, 0);
    for round in 0..rounds(ROUNDS.0, ROUNDS.1) {
        let small = 2 * draws.below(2);
        let large = small + 4 + 2 * draws.below(2);
        stage.settle_at(small);
        up += u32::from(stage.change(large, moment::while_growing(&mut draws), round));
        down += u32::from(stage.change(small, moment::while_shrinking(&mut draws), round));
    }
    eprintln!("killed in mid-action: {up} times growing, {down} times shrinking");
    let enough = rounds(ROUNDS.0, ROUNDS.1) * 3 / 4;
    assert!(up >= enough && down >= enough, "most of the kills came too late to disturb anything: {up}, {down}");
}
