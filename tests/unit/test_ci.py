"""What runs before a commit is what CI runs before the tests."""

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
LOCKED = "uv run --locked "


def test_each_check_of_ci_is_a_hook_and_each_hook_a_check_of_ci():
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    checks = [line for line in lines if line.startswith(LOCKED)]
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook["entry"] for repo in config["repos"] for hook in repo["hooks"]]
    assert len(checks) >= 4 and all(hook.startswith(LOCKED) for hook in hooks)
    # A hook is given the files that CI names by their folder.
    bare = [check.removesuffix(" .").removesuffix(" dbt_project") for check in checks]
    assert sorted(bare) == sorted(hooks)
