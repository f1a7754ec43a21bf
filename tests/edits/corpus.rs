//! Texts written by hand: one for each habit and each trap.

/// Name and text. Comments carry a number between tildes.
pub const TEXTS: &[(&str, &str)] = &[
    (
        "plain",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api # ~1~\nspec:\n  template:\n    spec:\n      # ~2~\n      containers:\n      - name: a\n        image: a:1 # ~3~\n        env:\n        # ~4~\n        - name: A\n          valueFrom:\n            secretKeyRef:\n              name: db\n              key: a\n        - name: B # ~5~\n          value: b\n          # ~6~\n        # ~7~\n        volumeMounts:\n        - name: tmp\n          mountPath: /tmp\n      volumes:\n      - name: tmp\n        emptyDir: {}\n# ~8~\n",
    ),
    (
        "indented lists",
        "spec:\n  containers:\n    - name: a\n      env:\n        - name: A\n          value: x\n      args:\n        - one\n        - two # ~1~\n    # ~2~\n    - name: b\n  volumes:\n    - name: v\n      secret:\n        secretName: s\n        defaultMode: 0400\n",
    ),
    (
        "four spaces",
        "spec:\n    containers:\n        - name: a\n          env:\n              - name: A\n                value: x\n    volumes:\n        - name: v\n          secret:\n              secretName: s\n",
    ),
    (
        "wide dashes",
        "env:\n-   name: A\n    value: x # ~1~\n-   name: B\nargs:\n-   a\n-   b\n",
    ),
    (
        "dash alone",
        "env:\n-\n  name: A\n  value: x\n- # ~1~\n  name: B\n  # ~2~\n  value: y\n",
    ),
    (
        "first key above a comment",
        "env:\n- name: A # ~1~\n  # ~2~\n  value: x\n- name: B\n\n  value: y\n- only: 1\n",
    ),
    (
        "flow on a line",
        "spec: {containers: [{name: a, env: [{name: A, value: x}], args: []}], volumes: [ ]}\n",
    ),
    (
        "flow on many lines",
        "spec:\n  args: [\n    one, # ~1~\n    # ~2~\n    two,\n    three # ~3~\n  ]\n  env: [ {name: A,\n          value: x},\n         {name: B} ] # ~4~\n  limits: {\n    cpu: 1,\n    memory: 2,\n  }\n  one: [\n    1\n  ]\n  noted: [ # ~5~\n    1\n  ]\n",
    ),
    (
        "flow corners",
        "a: [x: 1, y]\nb: {c, d: , e: }\nc: [1, 2,]\nd: {x: &u 1, y: !!str 2}\ne: [ 'a, b', \"c]\", {}]\nf: [ # ~1~\n  ]\n",
    ),
    (
        "empty ones",
        "a: []\nb: {} # ~1~\nc: [ ]\nd:\n  e: []\n  f: {}\ng:\n- []\n- {}\n- h: []\n",
    ),
    (
        "nulls",
        "volumeMounts: # ~1~\nvolumes:\nenv:   \n# ~2~\nname: Null\nitems:\n-\n- # ~3~\n- x\nlast:\n",
    ),
    ("null at the end", "a:\n  b:\n    c:\nd:\n- e:\n- f:"),
    (
        "anchors without aliases",
        "a: &a\n  b: &b 1\n  c: &c [1, 2]\nd: &d # ~1~\n- &e x\n- &f\n  g: 1\n&g h: 2\ni: &i\n",
    ),
    (
        "aliases",
        "base: &base\n  env: &env\n  - name: A\n    value: x\n  limits: {cpu: 1}\none:\n  env: *env\n  limits: {cpu: 2}\ntwo: *base\nthree: [*env, 1]\n",
    ),
    (
        "merge keys",
        "base: &base\n  a: 1\n  b: 2\none:\n  <<: *base\n  c: 3\ntwo:\n  c: 3\n  <<: *base\nthree:\n  <<: *base\n  a: 4\nlist:\n- <<: *base\n  d: 5\n- e: 1\n  <<: [*base]\n",
    ),
    (
        "quoted keys",
        "\"spec\":\n  'containers':\n  - \"name\": a\n    'env': []\n  \"a b\": {\"c\": 1, 'd': 2}\n  \"x/y\": 1\n  \"~0~\": 2\n",
    ),
    (
        "ragged",
        "spec:   # ~1~\n  containers :\n  -  name:   a\n     image:  \"a:1\"   \t# ~2~\n\n\n     env:\n\n     -   name:  A\n         value:   'x'\n  replicas:    2\n\n# ~3~\n",
    ),
    (
        "tabs in comments",
        "a:\t# ~1~\n  b: 1\t# ~2~\n  #\t~3~\n  c:\t2\nd:\n- 1\t#\t~4~\n- 2\n",
    ),
    (
        "letters of the world",
        "größe: ü # é ~1~\nспек:\n- ключ: значение\n  名前: 値 # 🎉 ~2~\n- \"😀\": [ä, 'ö']\n",
    ),
    (
        "block scalars",
        "a: |\n  one\n  two\nb: >-\n  folded\n  text\n\nc: |+\n  kept\n\n\nd: |2-\n    deep\ne: | # ~1~\n\n  after a blank\nf:\n- |\n  item\n- >\n  folded\n  # no comment\n- x\ng: |-\n  last\n",
    ),
    ("block scalar at the end", "a: 1\nb:\n- x\n- |+\n  kept\n\n"),
    ("block scalar without end", "a:\n  b: |\n    text"),
    (
        "comment below a block scalar",
        "a:\n- |\n  text\n- x: 1\n    # ~1~\n- y\nb:\n  c: |\n    text\n  d: 1\n  # ~2~\n  e: 2\n",
    ),
    ("empty block scalars", "a: |\nb: >-\nc: |+\n\nd: 1\n"),
    (
        "scalars on lines of their own",
        "a:\n  value\nb: # ~1~\n  'quoted'\nc:\n  [1, 2] # ~2~\nd: one\n  two\n   three\ne: 'one\n\n  two' # ~3~\nf:\n  - \"a\n    b\"\n",
    ),
    (
        "tags",
        "a: !!str 1\nb: !!map\n  c: 1\nd: !!seq\n- !!int \"2\"\n- !!str x\ne: !!null\nf: {g: !!str 1}\nh: !custom x\n",
    ),
    (
        "lists in lists",
        "a:\n- - 1\n  - 2\n- - x: 1\n    y: 2\n- - - deep\n- []\n- [1]\n",
    ),
    (
        "list as document",
        "- a: 1\n  b: 2 # ~1~\n# ~2~\n- c\n- - d\n",
    ),
    (
        "items that look like dashes",
        "a:\n- -1\n- - -2\n  - x\nb:\n- # ~1~\n  - y\n- -z\nc:\n- &u\n  -\n  - v\n",
    ),
    ("one entry", "a: 1 # ~1~\n"),
    ("one item", "# ~1~\n- 1\n# ~2~\n"),
    (
        "indented document",
        "  a: 1\n  b:\n    - 2 # ~1~\n  c:\n    d: 3\n",
    ),
    (
        "list kind",
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  spec:\n    containers:\n    - name: a\n      env: []\n- kind: ConfigMap\n  data: {a: \"1\"}\n",
    ),
    (
        "documents",
        "%YAML 1.1\n---\n# ~1~\na:\n- 1\n---\n--- # ~2~\nb: {c: 1}\n...\n# ~3~\n---\nd: |\n  x\n---\n\ne:\n",
    ),
    (
        "flow documents",
        "--- {a: 1, b: [2]}\n--- [1, {c: 2}]\n---\n{\n  d: 1 # ~1~\n}\n",
    ),
    (
        "json pretty",
        "{\n  \"spec\": {\n    \"containers\": [\n      {\n        \"name\": \"a\",\n        \"env\": []\n      }\n    ],\n    \"volumes\": [\n      {\"name\": \"v\", \"secret\": {\"defaultMode\": 256}}\n    ],\n    \"empty\": {}\n  }\n}\n",
    ),
    (
        "json compact",
        "{\"spec\":{\"containers\":[{\"name\":\"a\",\"env\":[]}],\"replicas\":2,\"paused\":false,\"x\":null}}",
    ),
    (
        "json spaced",
        "{\"spec\": {\"containers\": [{\"name\": \"a\", \"env\": [1, 2]}]}}\n",
    ),
    (
        "json tabs",
        "{\n\t\"a\": [\n\t\t1,\n\t\t2\n\t],\n\t\"b\": {\n\t\t\"c\": \"\\ud83d\\ude00\"\n\t}\n}\n",
    ),
    (
        "json stream",
        "{\"a\": [1]}{\"b\": 2}\n{\"c\": {\"d\": \"\\u00e9\\/\"}}\n",
    ),
    (
        "lexemes",
        "mode: 0400\ndefaultMode: 420\nyes: no\non: \"off\"\ne: 1e-3\nf: 1.5\nz: \"012\"\nd: 2024-01-01\nn: 1_000\nb: 0b11\n",
    ),
    (
        "spaces behind values",
        "a: 1  \nb: \n  c: 2   \nd:\n-   \n- 2  \n",
    ),
    (
        "commented out",
        "env:\n  - name: A\n    value: x\n  # - name: B ~1~\n  #   value: y ~2~\n  - name: C\n    # value: old ~3~\n    value: new\n# args: ~4~\n# - z ~5~\nimage: i\n",
    ),
    (
        "comments of what they are above",
        "# head ~1~\nkind: x\n# of env ~2~\nenv:\n# plain ~3~\n- name: A\n  value: x\n# in two ~4~\n# lines ~5~\n- name: B # behind ~6~\n  value: |\n    text\n# below a text ~7~\n- name: C\n\n# a paragraph ~8~\n- name: D\n- name: E\nlimits: {\n  # of a ~9~\n  a: 1,\n  # of b ~10~\n  b: 2 # behind ~11~\n}\nargs: [\n  one,\n  # of two ~12~\n  two, # behind ~13~\n  three]\n",
    ),
];

/// The same text in other clothes.
pub fn dressed(text: &str) -> Vec<(&'static str, String)> {
    let is_json = text.starts_with('{');
    let closed = text.ends_with('\n');
    let mut all = vec![
        ("as it is", text.to_owned()),
        ("with CRLF", text.replace('\n', "\r\n")),
        ("behind a mark", format!("\u{feff}{text}")),
    ];
    // Line breaks that a block scalar keeps would be others.
    if closed && !text.ends_with("\n\n") && !text.contains("|+") {
        all.push(("without its last line break", text.trim_end().to_owned()));
    }
    if !is_json && !text.starts_with('%') && closed {
        all.push(("between markers", format!("---\n{text}...\n# ~99~\n")));
    }
    all
}
