"""Plans as people read them."""

import re
from textwrap import dedent

import pytest

from language.values import Sensitive
from planner.plan.plan import Drift, OutputChange
from planner.plan.steps import Adopt, Create, Delete, Forget, NoOp, Read, Replace, Update
from planner.render import plan_text
from providers.contract import Note
from tests.planner.render.plans import (
    UNKNOWN,
    deployment,
    every_kind,
    holding,
    manifest,
    new_app,
    new_cluster,
    plan,
    subject,
)


def shown(given, **more):
    return "\n".join("".join(text for text, _ in line) for line in plan_text.lines(given, **more))


def text(expected):
    return dedent(expected).strip("\n")


def test_an_eventful_day():
    legend = (
        "+ create   ~ update in place   +/- replace (creating first)   -/+ replace (destroying first)   "
        "- destroy   . forget   + adopt or create"
    )
    assert shown(every_kind()).replace(legend, "LEGEND") == text(
        """
         ! This plan destroys data\x20

            - aws_ebs_volume.scratch  destroys data

          It is refused without -allow-data-loss.

        Changed outside of freehold since the last apply

            - terraform_data.old  # was deleted

        LEGEND

        cluster.main  aws, eu-west-1: 1 to create, 1 to update in place, 1 to replace

            + aws_subnet.private-c
                + cidr_block = "10.40.64.0/19"
                # known after apply: id
            ~ aws_eks_cluster  # will be updated in place
                ~ version = "1.34" -> "1.35"
                  tags = {
                ~   stage = "test" -> "live"
                  }
                # (3 unchanged attributes hidden)
          +/- aws_eks_node_group.general  # must be replaced
                ~ instance_types = [  # forces replacement
                -   "m7i.large",
                +   "m7i.xlarge",
                  ]
                # known after apply: id, arn
                # (1 unchanged attribute hidden)

          - aws_ebs_volume.scratch  # will be destroyed: it is not in the configuration

          . terraform_data.old  # will be forgotten: it was deleted outside of freehold

          + aws_s3_bucket.assets  # will be adopted or created: an interrupted apply may have made it
              + bucket = "shop-assets"
              # known after apply: arn

        app.shop  on cluster.main: 2 to update in place, 1 to replace

            ~ apps/Deployment/shop/web  # will be updated in place
                # spec.replicas: changed outside by kubectl-scale (is 5), and put back to 3
                  spec:
                ~   replicas: 5 -> 3
                    template:
                      spec:
                        containers:
                          - name: server
                ~           image: shop/web:1.4.0 -> shop/web:1.5.0
                            env:
                              - name: MODE
                ~               value: slow -> fast
                # (7 unchanged fields hidden)
            ~ Secret/shop/db  # will be updated in place
                  data:
                ~   password: (sensitive value)
                # (3 unchanged fields hidden)
          -/+ batch/Job/shop/migrate  # must be replaced
                  spec:
                ~   completions: 1 -> 2  # forces replacement
                # (3 unchanged fields hidden)
                # (1 field of the old one not asked for, hidden)

        Changes to outputs

            ~ endpoint = "https://old.example.com" -> (known after apply)
            + token    = (sensitive value)

        1 resource will be dropped from the state; nothing is done to what exists.

        Plan: 4 to add, 3 to change, 3 to destroy.
        """
    )


def test_a_new_object_is_shown_as_yaml():
    web = deployment("web", "shop/web:1.4.0", env={"PORT": "8080"})

    assert shown(plan(Create(subject("app.shop/apps/Deployment/shop/web"), after=holding(web)))) == text(
        """
        + create

        app.shop  on cluster.main: 1 to create

            + apps/Deployment/shop/web
                + apiVersion: apps/v1
                + kind: Deployment
                + metadata: {name: web, namespace: shop}
                + spec:
                +   replicas: 2
                +   selector:
                +     matchLabels: {app: web}
                +   template:
                +     metadata:
                +       labels: {app: web}
                +     spec:
                +       containers:
                +         - name: server
                +           image: shop/web:1.4.0
                +           env:
                +             - name: PORT
                +               value: "8080"
                +           ports:
                +             - containerPort: 8080

        Plan: 1 to add, 0 to change, 0 to destroy.
        """
    )


def test_every_new_object_of_a_large_app_is_a_line():
    made = shown(plan(*new_app()))

    objects = re.findall(r"^    \+ (\S+)  # \d+ lines?$", made, re.MULTILINE)
    assert objects == [step.subject.address.removeprefix("app.shop/") for step in new_app()]
    assert "freehold show" in made


def test_the_whole_of_a_plan_shows_every_field():
    made = shown(plan(*new_app()), whole=True)

    assert made.count("containerPort: 8080") == 11
    assert "freehold show" not in made


def test_a_new_cluster_stays_readable():
    made = shown(plan(*new_cluster()), room=84).splitlines()

    assert len(made) <= 6 * len(new_cluster())
    assert max(len(line) for line in made) <= 100


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Create(subject("a_b.c"), after={}), "  + a_b.c"),
        (
            Create(subject("a_b.c"), after={}, reason="gone"),
            "  + a_b.c  # will be created: it was deleted outside of freehold",
        ),
        (Update(subject("a_b.c"), before={"x": 1}, after={"x": 2}), "  ~ a_b.c  # will be updated in place"),
        (
            Replace(subject("a_b.c"), before={}, after={}, reason="tainted"),
            "-/+ a_b.c  # must be replaced: its creation did not finish",
        ),
        (
            Replace(subject("a_b.c"), before={}, after={}, reason="requested"),
            "-/+ a_b.c  # must be replaced: as requested with -replace",
        ),
        (
            Replace(subject("a_b.c"), before={}, after={}, reason="cluster", create_first=True),
            "+/- a_b.c  # must be replaced: the cluster that it lives on is replaced",
        ),
        (Delete(subject("a_b.c"), before={}, reason="destroy"), "  - a_b.c  # will be destroyed"),
        (
            Delete(subject("a_b.c"), before={}, reason="deposed", deposed="12ab34cd"),
            "  - a_b.c (deposed 12ab34cd)  # will be destroyed: left over from an interrupted replacement",
        ),
        (Forget(subject("a_b.c"), before={}), "  . a_b.c  # will be forgotten: it was deleted outside of freehold"),
        (Read(subject("a_b.c"), after={}), " <= a_b.c  # will be read during apply"),
        (
            Adopt(subject("a_b.c"), before={}, after={}),
            "  + a_b.c  # will be adopted or created: an interrupted apply may have made it",
        ),
    ],
)
def test_each_kind_says_what_will_become_of_it(step, expected):
    assert expected in shown(plan(step)).splitlines()


def test_nothing_to_do():
    step = NoOp(subject("terraform_data.a"), before={"id": "x"})

    assert shown(plan(step)) == "What exists is what the configuration asks for.\n\nNo changes."
    assert shown(plan(mode="destroy")) == "There is nothing to destroy.\n\nNo changes."


def test_what_stays_but_has_a_note_is_told():
    note = Note("held", ("spec", "replicas"), "left to an autoscaler, which holds it (is 7, configured 3)", "hpa")
    step = NoOp(subject("app.shop/apps/Deployment/shop/web"), before={}, notes=(note,))

    assert shown(plan(step)).startswith(
        "    app.shop/apps/Deployment/shop/web  # stays as it is\n"
        "        # spec.replicas: left to an autoscaler, which holds it (is 7, configured 3)\n"
    )


def test_drift_says_what_changed_and_by_whom():
    drift = Drift("a_b.c", "a_b", {"x": 1, "y": 2}, {"x": 3, "y": 2}, (("x",),), ("alice",))

    assert shown(plan(NoOp(subject("a_b.c"), before={}), drift=(drift,), mode="refresh-only")) == text(
        """
        Changed outside of freehold since the last apply

            ~ a_b.c  # changed by alice
                ~ x = 1 -> 3
                # (1 unchanged attribute hidden)

        An apply would record what changed outside in the state, and do nothing else.

        No changes.
        """
    )


def test_allowed_data_loss_is_still_told():
    step = Delete(subject("aws_ebs_volume.a", holds_data=True), before={})
    made = shown(plan(step, allow_data_loss=True))

    assert "destroys data" in made
    assert "refused" not in made


def test_only_outputs_change():
    made = shown(plan(outputs=(OutputChange("a", 1, 2, "update"), OutputChange("b", 1, None, "delete"))))

    assert made == text(
        """
        Changes to outputs

            ~ a = 1 -> 2
            - b = 1

        Plan: 0 to add, 0 to change, 0 to destroy.
        """
    )


def test_a_sensitive_output_is_masked():
    made = shown(plan(outputs=(OutputChange("a", "hush1", Sensitive("hush2"), "update", sensitive=True),)))

    assert "hush" not in made
    assert "~ a = (sensitive value)" in made


def test_a_limited_plan_says_so():
    made = shown(plan(Create(subject("a_b.c"), after={}), targets=("a_b.c",)))

    assert "This is not the whole: the plan is limited to a_b.c." in made


def test_an_update_beside_the_object_shows_what_it_is():
    held = holding(manifest("ConfigMap", "a", data={"x": "y"}))
    step = Update(subject("app.shop/ConfigMap/shop/a"), before=held, after={**held, "timeout": 60})

    assert "~ timeout = 600 -> 60" in shown(plan(step))


def test_a_secret_object_is_masked_as_a_whole():
    held = {"manifest": Sensitive({"kind": "Secret"}), "object": Sensitive({"kind": "Secret", "data": "hush"})}
    made = shown(plan(Create(subject("app.shop/Secret/shop/a"), after=held)))

    assert "hush" not in made
    assert "+ object: (sensitive value)" in made


def test_steps_are_grouped_by_block():
    one, two = subject("cluster.main/aws_vpc"), subject("cluster.main/aws_eip.nat")
    made = shown(plan(Create(one, after={}), Create(subject("a_b.c"), after={}), Create(two, after={"id": UNKNOWN})))

    assert made.index("aws_vpc") < made.index("aws_eip.nat") < made.index("a_b.c")
    assert made.count("cluster.main") == 1


@pytest.mark.parametrize("given", [every_kind(), plan(), plan(*new_cluster(), *new_app())])
def test_the_last_line_is_the_summary(given):
    last = shown(given).splitlines()[-1]

    assert last == plan_text.summary(given)
    assert re.fullmatch(r"Plan: \d+ to add, \d+ to change, \d+ to destroy\.|No changes\.", last)


def test_what_only_echoes_another_attribute_is_not_written_twice():
    tags = {"Name": "a"}

    assert shown(plan(Create(subject("aws_vpc.a"), after={"tags": tags, "tags_all": dict(tags)}))).splitlines()[
        2:5
    ] == [
        "  + aws_vpc.a",
        '      + tags = { Name = "a" }',
        "      # tags_all is the same as tags",
    ]


def test_outputs_that_are_empty_are_told():
    changes = (
        OutputChange("a", None, (), "create"),
        OutputChange("b", (), {}, "update"),
        OutputChange("c", {}, None, "delete"),
    )
    told = shown(plan(outputs=changes))

    assert "+ a = []" in told
    assert "~ b = [] -> {}" in told
    assert "- c = {}" in told
