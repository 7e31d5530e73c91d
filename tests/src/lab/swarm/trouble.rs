//! What may befall a node.

use super::Swarm;

impl Swarm {
    /// The node's power goes, and with it everything that runs there. Its engine's data are kept.
    ///
    /// # Panics
    ///
    /// If it is down.
    pub fn lose(&self, node: usize) {
        self.nodes[node].power_cut();
    }

    /// Starts a lost node again. Returns when its engine answers; the swarm takes a moment longer to see it.
    ///
    /// # Panics
    ///
    /// If it does not come up, or is up.
    pub fn back(&self, node: usize) {
        self.nodes[node].start();
    }

    /// Kills the node's dockerd. What runs there goes on until the engine is back, which then ends it.
    ///
    /// # Panics
    ///
    /// If it does not run.
    pub fn engine_kill(&self, node: usize) {
        self.nodes[node].engine("kill");
    }

    /// Starts a killed dockerd again. Returns when it answers.
    ///
    /// # Panics
    ///
    /// If it does not come up.
    pub fn engine_start(&self, node: usize) {
        self.nodes[node].engine("start");
    }

    /// Stops the node's dockerd in its tracks: its connections stay, new ones are taken, and nothing answers.
    ///
    /// # Panics
    ///
    /// If it does not run.
    pub fn pause_engine(&self, node: usize) {
        self.nodes[node].engine("pause");
    }

    /// Lets it go on.
    ///
    /// # Panics
    ///
    /// If it does not run.
    pub fn resume_engine(&self, node: usize) {
        self.nodes[node].engine("resume");
    }

    /// Pulls the node's network cable. Its socket can be reached all the same.
    ///
    /// # Panics
    ///
    /// If the swarm has only one node: that has no cable.
    pub fn cut(&self, node: usize) {
        self.cable("cut", node);
    }

    /// Plugs it in again.
    ///
    /// # Panics
    ///
    /// As [`Swarm::cut`].
    pub fn heal(&self, node: usize) {
        self.cable("heal", node);
    }

    fn cable(&self, what: &str, node: usize) {
        let switch = self.switch.as_ref().unwrap_or_else(|| panic!("a single node has no cable to {what}"));
        switch.cable(what, node);
    }
}
