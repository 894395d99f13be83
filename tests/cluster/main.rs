//! The set-up of `docker-compose.yml`, as processes of this machine: each of its parts dies under load, and every event that
//! was acknowledged is counted once.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may panic and say what it measured")]

mod compose;
#[path = "../harness/mod.rs"]
mod harness;
mod image;
mod local;
mod translate;
mod wall;

use harness::publisher::Publishers;
use harness::{SOON, eventually};
use local::{Cluster, PUBLISH_TOKEN};

use std::time::{Duration, Instant};

/// How long a publisher may be turned away when one part dies: NATS elects a leader within about ten seconds.
const GAP_MAX: Duration = Duration::from_secs(20);

struct Drill {
    cluster: Cluster,
    publishers: Publishers,
    began: Instant,
}

impl Drill {
    fn say(&self, what: &str) {
        eprintln!("{:>6.1} s  {what}", self.began.elapsed().as_secs_f64());
    }

    /// Waits until so many more events are acknowledged.
    fn acknowledges(&self, more: u64) {
        let goal = self.publishers.told().events + more;
        eventually(SOON, "events are acknowledged", || match self.publishers.told() {
            told if told.events >= goal => Ok(()),
            told => Err(format!("{told:?} of {goal}\n{}", self.cluster.logs())),
        });
    }

    /// Holds the publishers: what they were told is what those gateways show, and nothing else.
    fn everything_counts_once(&self, gateways: &[String]) {
        eventually(SOON, "what was sent is acknowledged", || {
            self.publishers.is_held().then_some(()).ok_or_else(|| self.cluster.logs())
        });
        let told = self.publishers.told();
        let since = Instant::now();
        for gateway in gateways {
            eventually(SOON, "every acknowledged event counts once", || {
                wall::shows(&self.cluster, gateway, &told).map_err(|why| format!("{why}\n{}", self.cluster.logs()))
            });
        }
        self.say(&format!(
            "{} events counted once on {} ({} sent again, longest wait {:.1} s; shown after {:.1} s)",
            told.events,
            gateways.join(" and "),
            told.again,
            told.gap.as_secs_f64(),
            since.elapsed().as_secs_f64()
        ));
        assert!(told.gap < GAP_MAX, "publishers were turned away for {:?}\n{}", told.gap, self.cluster.logs());
        self.publishers.go_on();
    }

    /// A part dies under load, everything goes on without it, and it comes back.
    fn dies(&mut self, what: &str, name: &str) {
        self.acknowledges(1_000);
        self.publishers.measure();
        self.say(&format!("{name} dies ({what})"));
        self.cluster.kill(name);
        let alive: Vec<String> = self.cluster.services("gateway").into_iter().filter(|alive| alive != name).collect();
        // Who published to a gateway that is gone goes on with another.
        self.publishers.turn_to(self.cluster.url(&alive[0], ""));
        self.acknowledges(1_000);
        self.everything_counts_once(&alive);
        if self.cluster.services("nats-server").iter().any(|server| server == name) {
            self.doctor_says_who_is_missing(name, &alive[0]);
        }
        self.cluster.launch(name);
        self.cluster.wait_until_well(name);
        self.say(&format!("{name} is back"));
    }

    /// It works, and is weaker than it should be: the doctor says both.
    fn doctor_says_who_is_missing(&mut self, server: &str, gateway: &str) {
        let address = format!("127.0.0.1:{}", self.cluster.port(server, 4_222));
        eventually(SOON, "the doctor says who is missing", || {
            let (is_well, said) = self.cluster.run(gateway, &["doctor"], &[]);
            let weak: Vec<&str> = said.lines().filter(|line| line.starts_with("WEAK")).collect();
            let copy =
                |line: &&str| line.contains("NEXUSFLOW_LOG_000") && line.contains(server) && line.contains("missing");
            let is_said = weak.iter().any(|line| line.contains(&address)) && weak.iter().any(copy);
            if is_well && is_said { Ok(()) } else { Err(said) }
        });
        assert_eq!(self.cluster.run(gateway, &["doctor", "--quiet", "--gateway"], &[]), (true, String::new()));
    }

    /// Three addresses that answer, three copies of everything: the doctor has nothing to say against it. Who configures fewer
    /// copies is told, and takes none away.
    fn doctor_is_content(&mut self, gateway: &str) {
        for (replicas, weak) in [("3", 0), ("1", 11), ("3", 0)] {
            let (is_well, said) = self.cluster.run(gateway, &["doctor"], &[("NEXUSFLOW_LOG__REPLICAS", replicas)]);
            let found = said.lines().filter(|line| line.starts_with("WEAK")).collect::<Vec<_>>();
            assert!(is_well && found.len() == weak, "{said}");
            assert!(found.iter().all(|line| line.contains("has 3 copies, log.replicas says 1")), "{said}");
            assert_eq!(said.lines().filter(|line| line.contains("answers: server nats-")).count(), 4, "{said}");
        }
    }

    /// Waits until every worker owns a part of the partitions.
    fn is_shared(&self) {
        let (gateway, workers) = (&self.cluster.services("gateway")[0], self.cluster.services("worker").len());
        eventually(SOON, "the partitions are shared", || match wall::owners(&self.cluster, gateway)? {
            owners if owners.len() == workers => Ok(()),
            owners => Err(format!("{owners:?}")),
        });
    }

    /// Waits until every stream has its three copies, so that the next server may die.
    fn is_whole(&self) -> wall::JetStream {
        let servers = self.cluster.services("nats-server");
        eventually(SOON, "every stream has its copies", || {
            let mut last = wall::JetStream::default();
            for server in &servers {
                last = wall::jetstream(&self.cluster, server)?;
                if !last.weak.is_empty() || last.leaders.len() < 6 || last.meta_leader.is_empty() {
                    return Err(format!("{server}: {last:?}"));
                }
            }
            Ok(last)
        })
    }
}

/// Containers are kept small: no privileges that are not needed, restarted when they end, with time to end well.
#[test]
fn every_service_is_locked_down_and_comes_back() {
    let (compose, image) = (local::read(), image::ours());
    for (name, service) in &compose.services {
        assert_eq!(
            (service.restart.as_str(), &*service.cap_drop),
            ("unless-stopped", &["ALL".to_owned()][..]),
            "{name}"
        );
        assert_eq!(service.security_opt, ["no-new-privileges:true"], "{name}");
        // Only gateways are reached from outside, and all that is published is what the image says it listens to.
        let published: Vec<&str> = service.ports.iter().filter_map(|port| port.rsplit(':').next()).collect();
        let is_gateway = service.command[0] == "gateway";
        assert_eq!(published, if is_gateway { vec![image.exposed.as_str()] } else { vec![] }, "{name}");
        if let Some(folder) = &service.build {
            assert_eq!(
                (folder.as_str(), service.environment["NEXUSFLOW_LOG__REPLICAS"].as_str()),
                (".", "3"),
                "{name}"
            );
            assert_eq!(service.image, concat!("nexusflow:", env!("CARGO_PKG_VERSION")), "{name}");
        } else {
            // What is tested here is what is run there.
            let makefile = std::fs::read_to_string(harness::root().join("Makefile")).unwrap();
            let tested = makefile.lines().find_map(|line| line.strip_prefix("NATS_SERVER := ")).unwrap();
            let version = service.image.trim_start_matches("nats:").trim_end_matches("-alpine");
            assert!(tested.starts_with(&format!("{version}.")), "{name} runs {}, tested is {tested}", service.image);
        }
    }
    let checkpoints = format!("checkpoints:{}", image.volume);
    assert!(
        compose.services.values().filter(|s| s.command[0] == "worker").all(|s| s.volumes == [checkpoints.as_str()])
    );
    // Without tokens nothing starts.
    let text = std::fs::read_to_string(harness::root().join("docker-compose.yml")).unwrap();
    let error = compose::Compose::read(&text, &std::collections::BTreeMap::new()).unwrap_err();
    assert!(error.contains("TOKEN is needed: set it to a secret of your own"), "{error}");
}

#[test]
fn any_part_of_the_cluster_may_die_under_load() {
    let began = Instant::now();
    let cluster = Cluster::start();
    let (gateways, workers) = (cluster.services("gateway"), cluster.services("worker"));
    let publishers = Publishers::start(cluster.url(&gateways[0], ""), PUBLISH_TOKEN);
    let mut drill = Drill { cluster, publishers, began };
    drill.say("everything is well");
    drill.acknowledges(1_000);
    drill.everything_counts_once(&gateways);

    let jetstream = drill.is_whole();
    drill.doctor_is_content(&gateways[0]);
    let first = jetstream.leaders["NEXUSFLOW_LOG_000"].clone();
    drill.dies("leads the first partition's stream", &first);
    let jetstream = drill.is_whole();
    let leader = jetstream.leaders["NEXUSFLOW_LOG_000"].clone();
    let others =
        drill.cluster.services("nats-server").into_iter().filter(|server| ![&leader, &first].contains(&server));
    let other = others.max_by_key(|server| *server == jetstream.meta_leader).unwrap();
    let what = if other == jetstream.meta_leader { "leads all of JetStream" } else { "does not lead that stream" };
    drill.dies(what, &other);
    drill.is_whole();
    for worker in &workers {
        drill.is_shared();
        drill.dies("worker", worker);
        // What the other one hands over is not folded again from the beginning: both see the same checkpoints.
        eventually(SOON, "a partition is taken over at its checkpoint", || {
            let log = drill.cluster.log(worker);
            let mut restored = log.lines().filter(|line| line.contains("restored"));
            if restored.any(|line| !line.contains("at=0 ")) { Ok(()) } else { Err(log) }
        });
    }
    drill.dies("gateway", &gateways[0]);
    drill.acknowledges(1_000);
    drill.everything_counts_once(&gateways);

    let Drill { cluster, publishers, .. } = drill;
    drop(publishers);
    cluster.stop();
}
