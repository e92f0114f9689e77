"""Plan and apply: what is new, what is edited, what goes, what has to be made anew."""

from __future__ import annotations

from tests.conformance.kubernetes.stacks.manifests import SETTINGS, definition, deployment, lamp

APPS = "apps/v1"


def test_from_nothing_to_no_changes(installation):
    installation.app(f"{SETTINGS}---{deployment()}")
    namespace = f"/api/v1/namespaces/{installation.namespace}"

    plan = installation.plan()

    expected = (
        f"cluster.main/Namespace/{installation.namespace}",
        f"app.shop/ConfigMap/{installation.namespace}/settings",
        f"app.shop/apps/Deployment/{installation.namespace}/web",
    )
    assert plan.actions == {address: ["create"] for address in expected}
    assert "Plan: 3 to add, 0 to change, 0 to destroy." in plan.output
    assert installation.cluster.client.get(namespace).status == 404  # a plan writes nothing

    done = installation.apply("test.plan")

    assert "Apply complete! Resources: 3 added, 0 changed, 0 destroyed." in done.output
    assert installation.live("deployments", "web", APPS)["status"]["readyReplicas"] == 2  # it was waited for
    assert "No changes." in installation.unchanged().output


def test_an_edit_shows_that_field_alone(installation):
    installation.app(f"{SETTINGS}---{deployment()}")
    installation.apply()
    installation.app(f"{SETTINGS}---{deployment(image='registry.example.com/web:2')}")

    change = installation.plan().changes[f"app.shop/apps/Deployment/{installation.namespace}/web"]

    assert change["actions"] == ["update"]
    assert _changed(change["before"]["object"], change["after"]["object"]) == [
        ".spec.template.spec.containers[0].image"
    ]
    installation.apply()
    template = installation.live("deployments", "web", APPS)["spec"]["template"]
    assert template["spec"]["containers"][0]["image"] == "registry.example.com/web:2"
    installation.unchanged()


def test_a_field_taken_out_goes_and_so_does_an_object(installation):
    installation.app(f"{SETTINGS}---{deployment()}")
    installation.apply()
    installation.app("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {color: blue}\n")

    plan = installation.plan()

    assert plan.actions == {
        f"app.shop/ConfigMap/{installation.namespace}/settings": ["update"],
        f"app.shop/apps/Deployment/{installation.namespace}/web": ["delete"],
    }
    installation.apply("test.plan")
    assert installation.live("configmaps", "settings")["data"] == {"color": "blue"}
    gone = installation.cluster.client.get(installation.path("deployments", "web", APPS))
    assert gone.status == 404
    installation.unchanged()


def test_an_immutable_field_makes_the_object_anew(installation):
    installation.app(deployment())
    installation.apply()
    before = installation.live("deployments", "web", APPS)["metadata"]["uid"]
    installation.app(deployment(label="other"))

    plan = installation.plan()

    (change,) = plan.changes.values()
    assert change["actions"] == ["delete", "create"]
    assert any("selector" in map(str, path) for path in change["replace_paths"])
    assert installation.live("deployments", "web", APPS)["metadata"]["uid"] == before
    installation.apply("test.plan")
    after = installation.live("deployments", "web", APPS)
    assert after["metadata"]["uid"] != before
    assert after["spec"]["selector"] == {"matchLabels": {"app": "other"}}
    installation.unchanged()


def test_what_is_wrong_is_refused_by_the_plan(installation):
    installation.app(SETTINGS)
    installation.apply()
    installation.app(SETTINGS.replace("name: settings", "name: settings, labels: {bad: 'a b'}"))

    refused = installation.run("plan")

    assert refused.code == 1
    assert "a valid label must be" in refused.words


def test_a_definition_and_its_objects_in_one_apply(installation, name):
    group = f"{name}.example.com"
    installation.app(f"{lamp(group)}---{definition(group)}")

    installation.apply()

    assert installation.live("lamps", "bright", f"{group}/v1")["spec"] == {"watts": 5, "color": "white"}
    installation.unchanged()
    installation.app(f"{lamp(group, watts=7)}---{definition(group)}")
    (change,) = installation.plan().changes.values()
    assert _changed(change["before"]["object"], change["after"]["object"]) == [".spec.watts"]
    installation.apply()
    installation.unchanged()


def test_what_exists_already_is_not_taken_over_unasked(installation):
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": installation.namespace}}
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"color": "red"}}
    client = installation.cluster.client
    client.post("/api/v1/namespaces", namespace)
    client.post(f"/api/v1/namespaces/{installation.namespace}/configmaps", settings, fieldManager="somebody")
    installation.app(SETTINGS)

    refused = installation.run("plan")

    assert refused.code == 1
    assert "exists already" in refused.words
    assert "adopt = true" in refused.words
    assert installation.live("configmaps", "settings")["data"] == {"color": "red"}
    installation.app(SETTINGS, "  adopt = true")
    installation.apply()
    assert installation.live("configmaps", "settings")["data"] == {"color": "blue", "size": "large"}
    installation.unchanged()


def test_secrets_stay_out_of_sight(installation):
    installation.app("apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {password: hunter-two}\n")

    plan = installation.plan()
    applied = installation.apply("test.plan")

    assert installation.live("secrets", "login")["data"] == {"password": "aHVudGVyLXR3bw=="}
    seen = plan.text + applied.text + str(plan.document)
    files = [path.read_bytes().decode("utf-8", "replace") for path in installation.folder.glob("*") if path.is_file()]
    for text in (seen, *files):
        assert "hunter-two" not in text
        assert "aHVudGVyLXR3bw" not in text
    installation.unchanged()
    installation.app("apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {password: other}\n")
    assert installation.plan().actions == {f"app.shop/Secret/{installation.namespace}/login": ["update"]}


def _changed(before, after, path=""):
    """The places where two values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            each for n in sorted({*before, *after}) for each in _changed(before.get(n), after.get(n), f"{path}.{n}")
        ]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [each for i, (b, a) in pairs for each in _changed(b, a, f"{path}[{i}]")]
    return [] if before == after else [path]
