//! What the `Dockerfile` says of the image that the services run: where it works, what it holds, how its health is asked.

use crate::compose::HealthCheck;
use crate::harness::root;

/// The last stage of a Dockerfile.
#[derive(Debug, Default)]
pub(crate) struct Image {
    pub(crate) workdir: String,
    pub(crate) user: String,
    pub(crate) volume: String,
    pub(crate) exposed: String,
    pub(crate) entrypoint: Vec<String>,
    pub(crate) health: Option<HealthCheck>,
    /// From the repository to the container.
    pub(crate) copied: Vec<(String, String)>,
    /// From the stage that builds to the container.
    pub(crate) built: Vec<(String, String)>,
    /// What is run in each stage, one after another.
    pub(crate) run: Vec<String>,
}

impl Image {
    /// Reads a Dockerfile whose first stage builds and whose second one is the image.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut image = Self::default();
        let mut stages = 0;
        for line in instructions(text) {
            let (instruction, rest) = line.split_once(' ').ok_or(format!("{line}: says nothing"))?;
            match instruction {
                "FROM" => stages += 1,
                "RUN" => image.run.push(rest.to_owned()),
                "WORKDIR" => image.workdir = rest.to_owned(),
                // What the building stage copies is the repository.
                "COPY" if stages == 1 => {}
                "COPY" => image.copy(rest)?,
                "USER" => image.user = rest.to_owned(),
                "VOLUME" => image.volume = rest.to_owned(),
                "EXPOSE" => image.exposed = rest.to_owned(),
                "ENTRYPOINT" => image.entrypoint = words(rest)?,
                "CMD" => drop(words(rest)?),
                "HEALTHCHECK" => image.health = Some(health(rest)?),
                other => return Err(format!("{other} is an instruction that tests/cluster does not understand")),
            }
        }
        if stages == 2 { Ok(image) } else { Err(format!("it has {stages} stages, tests/cluster expects two")) }
    }

    fn copy(&mut self, rest: &str) -> Result<(), String> {
        let mut words: Vec<&str> = rest.split_whitespace().collect();
        let is_built = words.contains(&"--from=build");
        words.retain(|word| !word.starts_with("--"));
        let [from, to] = words[..] else { return Err(format!("COPY {rest}: one source and one target are expected")) };
        let list = if is_built { &mut self.built } else { &mut self.copied };
        list.push((from.to_owned(), to.to_owned()));
        Ok(())
    }
}

/// The instructions, each on a line, without comments.
fn instructions(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (mut whole, mut is_continued) = (Vec::<String>::new(), false);
    for line in lines {
        let part = line.strip_suffix('\\').unwrap_or(line).trim();
        match whole.last_mut() {
            Some(last) if is_continued => *last = format!("{last} {part}"),
            _ => whole.push(part.to_owned()),
        }
        is_continued = line.ends_with('\\');
    }
    whole
}

/// `--interval=10s --timeout=5s --start-period=30s --retries=3 CMD [...]`
fn health(text: &str) -> Result<HealthCheck, String> {
    let (options, test) = text.split_once("CMD ").ok_or(format!("HEALTHCHECK {text}: has no CMD"))?;
    let option = |name: &str| {
        let found = options.split_whitespace().find_map(|option| option.strip_prefix(&format!("--{name}=")));
        found.map(str::to_owned).ok_or(format!("HEALTHCHECK {text}: does not say --{name}"))
    };
    Ok(HealthCheck {
        test: [vec!["CMD".to_owned()], words(test)?].concat(),
        interval: option("interval")?,
        timeout: option("timeout")?,
        retries: option("retries")?.parse().map_err(|_| format!("HEALTHCHECK {text}: retries is no number"))?,
        start_period: option("start-period")?,
    })
}

/// A command in the form that needs no shell.
fn words(text: &str) -> Result<Vec<String>, String> {
    serde_json::from_str(text).map_err(|_| format!("{text}: a JSON array of words is expected, which needs no shell"))
}

/// Reads the one of this repository.
pub(crate) fn ours() -> Image {
    Image::read(&std::fs::read_to_string(root().join("Dockerfile")).unwrap()).unwrap()
}

#[test]
fn what_the_image_is_made_of_is_there() {
    let image = ours();
    let ignored = std::fs::read_to_string(root().join(".dockerignore")).unwrap();
    for (from, _) in &image.copied {
        assert!(root().join(from).exists(), "the Dockerfile copies {from}, which is not there");
        let is_ignored = ignored.lines().any(|line| line.trim_end_matches('/') == from);
        assert!(!is_ignored, "the Dockerfile copies {from}, which .dockerignore keeps out");
    }
    // The program is the one that cargo builds, and it lies where it is found by its name.
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_nexusflow")).file_name().unwrap().to_str().unwrap();
    assert_eq!(image.entrypoint, [program]);
    assert_eq!(image.built, [(format!("/{program}"), format!("/usr/local/bin/{program}"))]);
    let build = &image.run[0];
    assert!(
        build.contains("cargo build --release --locked ") && build.contains(&format!("--bin {program} ")),
        "{build}"
    );
    assert!(build.contains(&format!("cp target/release/{program} /{program}")), "{build}");
    // The front end is embedded while building: what is committed must get into the image.
    assert!(!ignored.lines().any(|line| line.contains("dist")), "the built front end is kept out by .dockerignore");
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let features = build.split("--features ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    for feature in features.split(',').filter(|feature| !feature.is_empty()) {
        let is_there = manifest.lines().any(|line| line.starts_with(&format!("{feature} = [")));
        assert!(is_there, "the Dockerfile builds with the feature {feature}, which Cargo.toml does not have");
    }
    let rust =
        manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"').to_owned();
    let dockerfile = std::fs::read_to_string(root().join("Dockerfile")).unwrap();
    assert!(dockerfile.contains(&format!("FROM rust:{rust}-")), "the Dockerfile builds with another Rust than {rust}");
}

#[test]
fn the_image_runs_as_a_user_who_owns_what_it_writes() {
    let image = ours();
    let prepare = &image.run[1];
    let made =
        format!("useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin {}", image.user);
    assert!(prepare.contains(&made), "{prepare}");
    assert_eq!(image.volume, format!("{}/.nexusflow", image.workdir));
    let owned = format!("install -d -o {0} -g {0} {1} {2}", image.user, image.workdir, image.volume);
    assert!(prepare.contains(&owned), "{prepare}");
}

#[test]
fn an_instruction_that_is_not_understood_is_an_error() {
    let text = "FROM a AS build\nFROM b\nENV A=b\n";
    assert!(Image::read(text).unwrap_err().contains("ENV"));
    assert!(Image::read("FROM a\nFROM b\nENTRYPOINT run\n").unwrap_err().contains("JSON array"));
    assert!(Image::read("FROM a\n").unwrap_err().contains("1 stages"));
}
