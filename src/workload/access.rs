//! Who can read a mounted secret file (kubernetes/kubernetes
//! `pkg/volume/secret/secret.go`, `pkg/volume/volume_linux.go`): files belong
//! to uid 0 and gid 0; with fsGroup their group becomes that, and their mode
//! gains 0440. `defaultUser` and `user` make them belong to another uid
//! (KEP-5936, `pkg/volume/util/atomic_writer.go`).

use super::PodSpec;
use super::image_facts::ImageUser;
use super::pod::Container;

/// The mode of a file whose volume says nothing.
pub const DEFAULT_MODE: u32 = 0o644;
/// What fsGroup adds to the mode of a file in a read-only volume.
const GROUP_BITS: u32 = 0o440;

/// As whom a container's process runs, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    Uid(i64),
    /// With some uid other than 0 (`runAsNonRoot: true`).
    NotRoot,
    Unknown,
}

/// Whom a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Uid(i64),
    /// This uid, if the server keeps the field that says so; uid 0 if it does
    /// not. Servers drop it silently before 1.38 (`pkg/api/pod/util.go`,
    /// `dropDisabledAtomicWriteVolumeUserFields`), and where its feature gate
    /// `AtomicWriteVolumeUserFields` is off.
    Asked(i64),
}

impl Owner {
    /// Whom files belong to when nothing is said.
    pub const ROOT: Self = Self::Uid(0);
}

/// A process, as far as files are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub user: User,
    /// Its primary group, where that is said.
    pub group: Option<i64>,
    /// Its other groups, fsGroup left out.
    pub groups: Vec<i64>,
}

/// Whether a process can read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readable {
    Yes,
    /// It gets "permission denied".
    No,
    /// It depends on the image.
    Unknown,
    /// It can where the server keeps the file's owner ([`Owner::Asked`]).
    IfKept,
}

impl Process {
    /// The process of a container. `observed` is the uid that a running
    /// container's status tells; it outranks the specification.
    pub fn in_container(pod: &PodSpec, container: &Container, observed: Option<i64>) -> Self {
        let own = &container.run_as;
        let all = &pod.security.run_as;
        let uid = observed.or_else(|| {
            let user = own.user.as_ref().or(all.user.as_ref());
            user.map(|user| user.value)
        });
        let non_root = own
            .non_root
            .as_ref()
            .or(all.non_root.as_ref())
            .is_some_and(|non_root| non_root.value);
        let group = own.group.as_ref().or(all.group.as_ref());
        Self {
            user: match uid {
                Some(uid) => User::Uid(uid),
                None if non_root => User::NotRoot,
                None => User::Unknown,
            },
            group: group.map(|group| group.value),
            groups: pod.security.supplemental_groups.clone(),
        }
    }

    /// The same process, where the image says who it is and nothing else does.
    #[must_use]
    pub fn with_image(mut self, image: &ImageUser) -> Self {
        let ImageUser::Ids { uid, gid } = image else {
            return self;
        };
        // An image that starts as root does not start where root is forbidden.
        let fits = self.user == User::Unknown || (self.user == User::NotRoot && *uid != 0);
        if fits {
            self.user = User::Uid(*uid);
            self.group = self.group.or(*gid);
        }
        self
    }

    /// The same process with the groups that a running container's status
    /// tells.
    #[must_use]
    pub fn with_groups(mut self, primary: Option<i64>, others: &[i64]) -> Self {
        self.group = primary.or(self.group);
        self.groups.extend(others);
        self
    }

    /// Whether it has group 0, which secret files belong to without fsGroup.
    pub fn has_root_group(&self) -> bool {
        self.group == Some(0) || self.groups.contains(&0)
    }
}

/// The mode a file ends up with.
pub fn effective_mode(written: Option<u32>, fs_group: Option<i64>) -> u32 {
    let mode = written.unwrap_or(DEFAULT_MODE) & 0o777;
    match fs_group {
        Some(_) => mode | GROUP_BITS,
        None => mode,
    }
}

/// Whether a process can read a file of this effective mode and owner.
pub fn readable(mode: u32, owner: Owner, process: &Process, fs_group: Option<i64>) -> Readable {
    let owned_by = |uid| owned(mode, uid, process, fs_group);
    match owner {
        Owner::Uid(uid) => owned_by(uid),
        Owner::Asked(uid) => match (owned_by(uid), owned_by(0)) {
            (Readable::Yes, Readable::Yes) => Readable::Yes,
            (Readable::Yes, _) => Readable::IfKept,
            (Readable::No, Readable::No) => Readable::No,
            _ => Readable::Unknown,
        },
    }
}

/// An owner is judged by the owner's bits alone (path_resolution(7)).
fn owned(mode: u32, owner: i64, process: &Process, fs_group: Option<i64>) -> Readable {
    if process.user == User::Uid(0) {
        return Readable::Yes;
    }
    let by_owner = match mode & 0o400 {
        0 => Readable::No,
        _ => Readable::Yes,
    };
    let by_others = by_others(mode, process, fs_group);
    match process.user {
        User::Uid(uid) if uid == owner => by_owner,
        User::Uid(_) => by_others,
        // It may be the owner, and is not root if that is known.
        User::NotRoot if owner == 0 => by_others,
        User::NotRoot | User::Unknown if by_owner == by_others => by_others,
        User::NotRoot => Readable::Unknown,
        User::Unknown if owner == 0 => by_others,
        User::Unknown => Readable::Unknown,
    }
}

/// Whether somebody other than the owner can read it.
fn by_others(mode: u32, process: &Process, fs_group: Option<i64>) -> Readable {
    if mode & 0o004 != 0 {
        return Readable::Yes;
    }
    // kubelet gives every container of the pod the fsGroup.
    if mode & 0o040 != 0 && (fs_group.is_some() || process.has_root_group()) {
        return Readable::Yes;
    }
    match process.user {
        User::Unknown => Readable::Unknown,
        // A group that the image gives cannot be seen: an image with a bare
        // numeric USER runs with group 0.
        _ if mode & 0o040 != 0 && process.group.is_none() => Readable::Unknown,
        _ => Readable::No,
    }
}

/// The strictest mode that a process can certainly read, in the form that is
/// written into a manifest.
pub fn strictest_mode(process: &Process, owner: Owner, fs_group: Option<i64>) -> u32 {
    let is_owner =
        matches!((process.user, owner), (User::Uid(uid), Owner::Uid(owner)) if uid == owner);
    if fs_group.is_some() || process.user == User::Uid(0) || is_owner {
        0o400
    } else if process.has_root_group() {
        0o440
    } else {
        0o444
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn process(user: User, group: Option<i64>) -> Process {
        Process {
            user,
            group,
            groups: Vec::new(),
        }
    }

    /// As observed on a real node (server and kubelet 1.37, containerd 1.6):
    /// written mode, fsGroup, what the file then has, whether uid 0 and uid
    /// 1000 (gid 1000) could read it.
    ///
    /// Invariant 24.
    #[test]
    fn modes_and_readers_are_as_observed_on_a_node() {
        for (written, fs_group, mode, root, user) in [
            (Some(0o400), None, 0o400, true, false),
            (Some(0o400), Some(1000), 0o440, true, true),
            (Some(0o400), Some(2000), 0o440, true, true),
            (Some(0o440), None, 0o440, true, false),
            (Some(0o440), Some(1000), 0o440, true, true),
            (Some(0o444), None, 0o444, true, true),
            (Some(0o444), Some(2000), 0o444, true, true),
            (None, None, 0o644, true, true),
            (None, Some(1000), 0o644, true, true),
        ] {
            let found = effective_mode(written, fs_group);
            assert_eq!(found, mode, "{written:?} {fs_group:?}");
            for (uid, expected) in [(0, root), (1000, user)] {
                let reader = process(User::Uid(uid), Some(uid));
                let expected = if expected {
                    Readable::Yes
                } else {
                    Readable::No
                };
                assert_eq!(
                    readable(found, Owner::ROOT, &reader, fs_group),
                    expected,
                    "{written:?} {fs_group:?} {uid}"
                );
            }
        }
    }

    #[test]
    fn what_the_image_decides_is_not_known() {
        assert_eq!(
            readable(0o400, Owner::ROOT, &process(User::Unknown, None), None),
            Readable::Unknown
        );
        assert_eq!(
            readable(0o400, Owner::ROOT, &process(User::NotRoot, None), None),
            Readable::No
        );
        assert_eq!(
            readable(0o440, Owner::ROOT, &process(User::Uid(1000), None), None),
            Readable::Unknown
        );
        assert_eq!(
            readable(0o440, Owner::ROOT, &process(User::Uid(1000), Some(0)), None),
            Readable::Yes
        );
    }

    #[test]
    fn observed_groups_settle_what_the_image_gives() {
        let process = process(User::Uid(1000), None);
        let of = |process: &Process| readable(0o440, Owner::ROOT, process, None);
        assert_eq!(of(&process), Readable::Unknown);
        assert_eq!(
            of(&process.clone().with_groups(Some(0), &[])),
            Readable::Yes
        );
        assert_eq!(
            of(&process.clone().with_groups(Some(1000), &[])),
            Readable::No
        );
        assert_eq!(of(&process.with_groups(Some(1000), &[0])), Readable::Yes);
    }

    /// KEP-5936: the owner reads 0400 without any fsGroup; a server that does
    /// not know the field leaves the file to root.
    #[test]
    fn owners_read_what_others_cannot() {
        let of = |mode, owner, user| readable(mode, owner, &process(user, Some(1000)), None);
        let (kept, asked) = (Owner::Uid(1000), Owner::Asked(1000));
        for (mode, owner, user, expected) in [
            (0o400, kept, User::Uid(1000), Readable::Yes),
            (0o400, kept, User::Uid(1001), Readable::No),
            (0o400, kept, User::Uid(0), Readable::Yes),
            (0o400, kept, User::NotRoot, Readable::Unknown),
            (0o400, kept, User::Unknown, Readable::Unknown),
            (0o400, asked, User::Uid(1000), Readable::IfKept),
            (0o400, asked, User::Uid(1001), Readable::No),
            (0o400, asked, User::Uid(0), Readable::Yes),
            (0o400, asked, User::NotRoot, Readable::Unknown),
            (0o444, kept, User::NotRoot, Readable::Yes),
            (0o444, kept, User::Unknown, Readable::Yes),
            (0o444, asked, User::Uid(1000), Readable::Yes),
            // The owner is not asked for the others' bits.
            (0o044, kept, User::Uid(1000), Readable::No),
            (0o044, kept, User::Uid(1001), Readable::Yes),
            (0o044, kept, User::NotRoot, Readable::Unknown),
        ] {
            assert_eq!(
                of(mode, owner, user),
                expected,
                "{mode:o} {owner:?} {user:?}"
            );
        }
    }

    fn owners() -> impl Strategy<Value = Owner> {
        (0i64..3, proptest::bool::ANY).prop_map(|(uid, kept)| match kept {
            true => Owner::Uid(uid),
            false => Owner::Asked(uid),
        })
    }

    proptest! {
        #[test]
        fn more_bits_never_make_a_file_unreadable(
            mode in 0u32..=0o777,
            more in 0u32..=0o777,
            uid in 0i64..3,
            group in proptest::option::of(0i64..3),
            fs_group in proptest::option::of(0i64..3),
            owner in owners(),
        ) {
            let process = process(User::Uid(uid), group);
            if readable(mode, owner, &process, fs_group) == Readable::Yes {
                prop_assert_eq!(readable(mode | more, owner, &process, fs_group), Readable::Yes);
            }
        }

        #[test]
        fn with_a_group_of_its_own_every_mode_can_be_read(
            written in proptest::option::of(0u32..=0o777),
            uid in 0i64..3,
            fs_group in 0i64..3,
            owner in 0i64..3,
        ) {
            let mode = effective_mode(written, Some(fs_group));
            let process = process(User::Uid(uid), None);
            prop_assert_eq!(readable(mode, Owner::Uid(owner), &process, Some(fs_group)), Readable::Yes);
        }
    }

    #[test]
    fn the_strictest_mode_is_one_that_can_be_read() {
        for user in [User::Uid(0), User::Uid(1000), User::NotRoot, User::Unknown] {
            for group in [None, Some(0), Some(1000)] {
                for fs_group in [None, Some(0), Some(1000)] {
                    for owner in [Owner::ROOT, Owner::Uid(1000), Owner::Asked(1000)] {
                        let process = process(user, group);
                        let strictest = strictest_mode(&process, owner, fs_group);
                        let mode = effective_mode(Some(strictest), fs_group);
                        assert_eq!(readable(mode, owner, &process, fs_group), Readable::Yes);
                    }
                }
            }
        }
    }
}
