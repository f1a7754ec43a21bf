use super::*;

fn told(script: &str) -> Vec<String> {
    let literal = |name: &str| match name {
        "PW_FILE" => Some("/s/pw"),
        "DIR" => Some("/s"),
        "EMPTY" => Some(""),
        _ => None,
    };
    let told = |part: Part| match part {
        Part::Variable(name) => format!("${name}"),
        Part::File(file) => file,
    };
    arguments(script, literal).into_iter().map(told).collect()
}

#[test]
fn what_programs_get_is_found() {
    for (script, expected) in [
        ("app --password=$PW", &["$PW"][..]),
        ("exec app --password \"${PW}\"", &["$PW"]),
        ("set -e; sleep 1 && psql \"$URL\" -c 'select 1'", &["$URL"]),
        ("app --pw \"$(cat /s/pw)\"", &["/s/pw"]),
        ("app --pw \"$(< /s/pw)\"", &["/s/pw"]),
        ("app --pw `cat /s/pw`", &["/s/pw"]),
        ("app --pw \"`cat \\\"/s/pw\\\"`\"", &[]),
        ("app --pw \"$(cat \"$PW_FILE\")\"", &["/s/pw"]),
        ("app --pw \"$(cat $DIR/pw | tr -d '\\n')\"", &["/s/pw"]),
        ("app --pw \"$(head -n 1 < $DIR/pw)\"", &["/s/pw"]),
        ("app \"$(printf 'u:%s' \"$PW\" | base64)\"", &["$PW"]),
        ("PW=$(cat /s/pw); app --pw $PW", &["/s/pw"]),
        ("IFS= read -r PW < /s/pw; app $PW", &["/s/pw"]),
        ("read X <<< \"$PW\"; app $X", &["$PW"]),
        (
            "cat /s/pw | while read -r line; do app $line; done",
            &["/s/pw"],
        ),
        ("printf -v X 'u:%s' $PW; app $X", &["$PW"]),
        (
            "export PW=\"$(cat /s/pw)\"\nexec app --pw=\"$PW\" >$LOG 2>&1",
            &["/s/pw"],
        ),
        (
            "if [ -n \"$A\" ]; then curl -H \"X: ${PW:-none}\"; fi",
            &["$PW"],
        ),
        ("app $(htpasswd -nb u $PW)", &["$PW"]),
        ("PW=x app $TOKEN", &["$TOKEN"]),
        ("env PW=$PW app", &["$PW"]),
        ("app $(cat \"$X\")", &["$X"]),
        ("exec env PW=$PW app", &["$PW"]),
        ("/bin/echo $PW", &["$PW"]),
        ("\"$HOME/bin/app\" $PW", &["$PW"]),
        ("exec $APP $PW", &["$PW"]),
        ("command app $PW", &["$PW"]),
        (
            "command -p -- app $PW; builtin command app $A",
            &["$A", "$PW"],
        ),
        ("app() { :; }; app $A; command command app $PW", &["$PW"]),
        ("! time app $PW", &["$PW"]),
        ("cat <<EOF\n$(app $PW)\nEOF", &["$PW"]),
        ("(( x << 2 ))\napp $PW", &["$PW"]),
        ("x=$((1 << 2))\napp $PW", &["$PW"]),
        ("cat <<-'EOF'\n\t$(\n\tEOF\napp $PW", &["$PW"]),
        ("app <<A <<B $PW\nx\nA\n'\nB\n", &["$PW"]),
        ("f() { app \"$1\"; }\nf \"$PW\"", &["$PW"]),
        ("f() { app $PW; }; g() { f; }; g", &["$PW"]),
        ("pw() { cat /s/pw; }; app $(pw)", &["/s/pw"]),
        ("f() { local PW=x; }; f; app $PW", &["$PW"]),
        ("args=(--pw \"$PW\"); app \"${args[@]}\"", &["$PW"]),
        (
            "args=(); [ x ] && args+=(--pw \"$PW\"); app \"${args[@]}\"",
            &["$PW"],
        ),
        ("set -- app \"$PW\"; exec \"$@\"", &["$PW"]),
        ("set -eo pipefail -- \"$PW\"; app $1", &["$PW"]),
        ("set -- a $PW; shift; app $1", &["$PW"]),
        (
            "if a; then set -- \"$@\" --pw $PW; fi; exec \"$@\"",
            &["$PW"],
        ),
        (
            "set -- app; [ a ] && set -- \"$@\" $PW; exec \"$@\"",
            &["$PW"],
        ),
        ("for x in a $PW; do app $x; done", &["$PW"]),
        ("case $1 in a|b) app $PW;; *) ;; esac", &["$PW"]),
        ("case x in (x) app $PW; esac", &["$PW"]),
        ("app ${PW:+--pw=$PW}", &["$PW"]),
        ("app ${X:-$PW}", &["$PW", "$X"]),
        (
            "app ${PW:?no password} ${B%%@*} ${C/a/b}",
            &["$B", "$C", "$PW"],
        ),
        ("[ x ] && PW=x; app $PW", &["$PW"]),
        ("if a; then PW=x; fi; app $PW", &["$PW"]),
        ("while a; do PW=x; done; app $PW", &["$PW"]),
        ("(PW=x); app $PW", &["$PW"]),
        ("echo | PW=x; app $PW", &["$PW"]),
        ("X=a; X=$X:$PW; app $X", &["$PW"]),
        ("while a; do app $X; X=$PW; done", &["$PW", "$X"]),
        ("[ -n \"$PW\" ] || exit 1\napp $PW", &["$PW"]),
        ("$EMPTY app $PW", &["$PW"]),
        ("app $'a\\'b' $PW # '", &["$PW"]),
        ("diff <(app $PW) x", &["$PW"]),
        ("app $PW &\nwait", &["$PW"]),
        ("app \\\n  --pw $PW\r\n", &["$PW"]),
        ("if a; then\n  # it's\n  app $PW\nfi", &["$PW"]),
        (
            ". /env; psql $PW; pg_dump $A; ./my_app $B; exec app $C",
            &["$A", "$B", "$C", "$PW"],
        ),
        ("if ! app $PW; then exit 1; fi", &["$PW"]),
        ("until app $PW; do sleep 1; done", &["$PW"]),
        ("{ app $PW; } 2>&1 | tee log", &["$PW"]),
        (
            "app $PW > /dev/null 2>&1 & pid=$!; trap 'kill $pid' TERM",
            &["$PW"],
        ),
        ("while read -r x; do :; done < <(app $PW)", &["$PW"]),
        ("echo a > >(app $PW)", &["$PW"]),
        ("x=$(cat <<EOF\na)\nEOF\n); app $PW", &["$PW"]),
        ("x=$(case a in a) echo b;; esac); app $PW", &["$PW"]),
        ("find . -exec app {} \\; ; echo }; app $PW", &["$PW"]),
        ("exec 3<>/dev/null 2>&-; app $PW &>> log", &["$PW"]),
        (": ${X:=$PW}; app $X", &["$PW", "$X"]),
        (
            "app ${x//\\//_} ${y#\"${y%%[! ]*}\"} ${#a[@]} ${!a[@]} ${a[$i]} $PW",
            &["$PW", "$x", "$y"],
        ),
        ("app \"${@:-x}\" \"${1:?no}\" ${*} $- $# $PW", &["$PW"]),
        ("my-app() { :; }\nfoo::bar() (app $PW)\nfoo::bar", &["$PW"]),
        ("m[a]=$PW; app $PW ${m[a]}", &["$PW"]),
        (
            "i=0; ((i++)) || true; let i=i+1; i=$((i+1)); app $PW",
            &["$PW"],
        ),
        ("for ((i = 0; i < 3; i++)); do app $PW; done", &["$PW"]),
        ("a=([x]=$A); app $PW ${a[x]}", &["$PW"]),
        ("if a; then b; fi # it's\napp $PW", &["$PW"]),
        ("{ a; } > b # it's\napp $PW", &["$PW"]),
        ("((a) || (app $PW)); x=$((b); echo); app $A", &["$A", "$PW"]),
        (
            "while a; do while b; do app $X; done; X=$PW; done",
            &["$PW", "$X"],
        ),
        ("for x\ndo app $PW\ndone", &["$PW"]),
        ("test 1 = 0 && exec app || app $PW", &["$PW"]),
        ("app <<-EOF | other $PW\n\tx\n\tEOF", &["$PW"]),
        ("cat <<EOF && app $PW\nx\nEOF", &["$PW"]),
        ("sh -c \"app $PW\"", &["$PW"]),
        (
            "[[ $a == *\"$b\"* && $a = a\\ b && $a < b ]]; app $PW",
            &["$PW"],
        ),
        (
            "curl -d \"$(cat <<EOF\n{\"p\":\"$PW\"}\nEOF\n)\" http://x",
            &["$PW"],
        ),
        (
            "read -r -d '' SQL <<EOF\nset $PW;\nEOF\npsql -c \"$SQL\"",
            &["$PW"],
        ),
        ("while read -r x; do app $x; done <<EOF\n$PW\nEOF", &["$PW"]),
        (
            "exec {lock}>/var/lock/x; flock \"$lock\"; app $PW",
            &["$PW", "$lock"],
        ),
        ("app {in}<x $PW 0<<E\nx\nE", &["$PW"]),
        ("C=\"psql -h x\"; C=\"$C --pw $PW\"; exec $C", &["$PW"]),
        ("C='psql -h x'; a && C=\"$C --pw $PW\"; $C -c x", &["$PW"]),
        ("if (test x) then app $PW; fi", &["$PW"]),
        ("while [[ a ]] do app $PW; done", &["$PW"]),
        ("app \"${A//'\"'/}\" \"${B:-'}\" $PW", &["$A", "$B", "$PW"]),
        (
            "case a in @(a|'b)')c|!(x) ) app $PW;; esac; app $A",
            &["$A", "$PW"],
        ),
        ("case a in *(a)) PW=x;; esac; app $PW", &["$PW"]),
        (
            "case a in a) X=$PW;& b) app $X;;& c) :; esac; app $A",
            &["$A", "$PW", "$X"],
        ),
        ("case a in a) X=$PW;;& *) ;; esac; app $X", &["$PW", "$X"]),
        ("[[ $a =~ ^(x|y)$ && -n $b ]] && app $PW", &["$PW"]),
    ] {
        assert_eq!(told(script), expected, "{script}");
    }
}

#[test]
fn what_stays_in_the_shell_is_not() {
    for script in [
        "app",
        "echo $PW",
        "printf %s \"$PW\" | psql",
        "kill -9 $PW; unset $PW; read $PW; command echo $PW; builtin printf $PW",
        "command -v $PW; command -p -V $PW; command; builtin",
        "[ -n \"$PW\" ] && app",
        "test -n \"$PW\"",
        "[[ -n $PW && ( $PW != a || $PW =~ ^(b|c)$ ) ]] && app",
        "export PGPASSWORD=\"$PW\"; exec app",
        "PGPASSWORD=\"$(cat /s/pw)\" exec app",
        "app '$PW' \\$PW $$PW \"\\$PW\" $'$PW' $'\\'$PW'",
        "app ${#PW} ${PW:+--login} ${!PW}",
        "app > $PW < \"$PW\" 2> $PW",
        "app <<< \"$PW\"",
        "cat > c <<EOF\npassword = $PW\nEOF\napp",
        "cat <<'E F'\napp $PW\nE F\n",
        "cat <<-EOF\n\tapp $PW\n\tEOF\n",
        "# app $PW\napp",
        "app # $PW",
        "PW=plain; app $PW",
        "unset PW; app $PW",
        "read -r PW; app $PW",
        "read -r PW <<EOF\nx\nEOF\napp $PW",
        "if a; then PW=x; else PW=y; fi; app $PW",
        "case $a in a) PW=x;; *) PW=y;; esac; app $PW",
        "for i in 1 2; do PW=x; done; app $PW",
        "a && PW=x || PW=y; app $PW",
        "PW=x && app $PW",
        "[ a ] || exit; PW=x; app $PW",
        "exec app; app $PW",
        "exit 0\napp $PW",
        "for i in $PW; do :; done",
        "case \"$PW\" in a) app;; $PW) app;; esac",
        "app $((PW + 1)) $1 \"$@\"",
        "(( PW << 2 ))",
        "eval \"$PW\"",
        "log() { echo \"$@\"; }; log $PW",
        "function log { echo $1; }\nlog $PW",
        "f() { app $PW; }",
        "f() { app $1; }; f x; echo $PW",
        "f() { PW=x; }; f; app $PW",
        "f() { f; }; f $PW",
        "args=(\"$PW\"); echo \"${args[@]}\"",
        "args=(a \"$PW\"); app \"${args[0]}\" $args",
        "$UNKNOWN $PW",
        ". /lib.sh; lib_login $PW",
        "source /lib.sh && X=lib_login; $X $PW",
        "m[a]=$PW; m[b]=x; app ${m[b]}",
        "coproc app $PW",
        "a=([x]=$PW); app ${a[x]}",
        "case a in a) PW=x;& *) PW=y;; esac; app $PW",
        "case a in @(a app $PW",
        ". /lib.sh; info \"user $PW\"; die $PW; X=$(urlencode \"$PW\"); psql $X",
        "source /lib.sh; setPassword $PW; command -v $PW",
        "read -r X <<'EOF'\n$PW\nEOF\napp $X",
        "app 3<<EOF\n$PW\nEOF\napp \"$(cat 3<<EOF\n$PW\nEOF\n)\"",
        "exec {lock}>&-; C=\"echo x $PW\"; $C; echo {lock} $PW",
        "C=\"app x $PW\"; \"$C\"",
        "app $(wc -c /s/pw) $(echo $PW | sha256sum)",
        "app $(cat /s/pw > /tmp/x)",
        "app $(cat s/pw)",
        "X=$(echo a); app $X",
        "app \"",
        "app $(",
        "app ${",
        "app $PW; fi",
        "app $PW; }",
        "app $PW; ((",
        "declare -A a=([x]=$PW [y]=b); app ${a[x]}",
        "app $PW )",
        "",
    ] {
        assert_eq!(told(script), Vec::<String>::new(), "{script}");
    }
}

/// They must end soon, and on a small stack.
#[test]
fn large_scripts_are_read_to_their_end() {
    const SIZE: usize = 1 << 20;
    for piece in [
        "command ",
        "command -p ",
        "builtin ",
        "builtin command ",
        "exec ",
        "$(",
        "`",
        "\"$(",
        "${x:-",
        "\"${x:-\"",
        "(",
        "((",
        "{ ",
        "{a}<",
        "C=\"a $x\"; $C $C;",
        "case a in @(",
        "case a in a) x=1;& ",
        "cat <<A\n$x\nA\n",
        "if ",
        "while ",
        "case a in a) ",
        "f() {\n",
        "a;",
        "a&&",
        "a|",
        "a\n",
        "x=1;",
        "x=$x$x;",
        "<<a ",
        "<<a\n",
        "<<''\n",
        "'",
        "\\",
        "\"",
        "$'",
        "$a",
        "${a}",
        "$a ",
        "a ",
        "aaaa",
        "1",
        "\n",
        "#",
        "[[ ",
        "[[ a ]] && x=1;",
        "x=1&&",
        "(x=1);",
        "a=(",
        "x[",
        "x[0]=1;",
        "a+=(b);",
        "a+=(b);app \"${a[@]}\";",
        "echo $(",
        "X=$A$B$C$D;",
        "app $PW;",
        "$((",
        "<(",
        "for i in a; do ",
        "set -- $@ a;",
        "cat <<A\n$(",
        "f(){ f;f; };f;",
        "\u{a0}",
        "=",
    ] {
        told(&format!("x=1; {}app $PW", piece.repeat(SIZE / piece.len())));
    }
    for (piece, count) in [
        ("command ", 5000),
        ("command -p ", 3000),
        ("builtin ", 20_000),
    ] {
        let script = format!("{}app $PW", piece.repeat(count));
        assert_eq!(told(&script), ["$PW"], "{piece}");
    }
    let nested =
        |open: &str, close: &str| format!("{}app $PW{}", open.repeat(20), close.repeat(20));
    assert_eq!(told(&nested("$(", ")")), ["$PW"]);
    assert_eq!(told(&nested("if a; then ", "; fi")), ["$PW"]);
    let loops = nested("for i in a b; do x=1; ", "; done");
    assert_eq!(told(&loops), ["$PW"]);
    let many = |count: usize| -> String {
        let line = |at| format!("(v{at}=1); w{at}=$PW\n");
        (0..count).map(line).collect::<String>() + "app $w7"
    };
    assert_eq!(told(&many(200)), ["$PW"]);
    told(&many(20_000));
    let calls: String = (1..30)
        .map(|at| format!("f{at}() {{ f{}; f{}; }}\n", at - 1, at - 1))
        .collect();
    told(&format!("f0() {{ app $PW; }}\n{calls}f29"));
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_to_its_end(text in "[a-c $(){}`'\"<>;|&=\\\\\n#\\[\\]!]{0,30}") {
        let _ = told(&text);
    }
}
