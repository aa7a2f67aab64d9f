"""Look for likely doubles nearby with less work: what tells two records apart soonest comes first.

What is found is the same. Before, each of up to two hundred records of the same half hour was
joined to its kind and compared whole, before anybody asked whether it happened at the same place.
"""

from migrations import finding

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

# A box costs next to nothing, and whatever is within the metres is in it.
_CLOSE = """coalesce(
            that.point && st_expand(this.point, {degrees})
                and st_dwithin(that.point::geography, this.point::geography, {metres}),
            OTHERWISE)"""
_BEFORE = finding.NEAR[
    finding.NEAR.index("    where {alike} and case") : finding.NEAR.index(
        "    limit {paired})\n    union"
    )
]
# All but what a record says itself is known before its kind is read.
_SINCE = f"""    where case when that.recorded_by = this.recorded_by
        then that.occurred_at between this.occurred_at - interval '{{twice}} minutes'
                and this.occurred_at + interval '{{twice}} minutes'
            and that.note is not distinct from this.note
            and {_CLOSE.replace("OTHERWISE", "that.point is null and this.point is null")}
        else {_CLOSE.replace("OTHERWISE", "that.deployment_id = this.deployment_id")}
        end
        and {{alike}}
        and (that.recorded_by <> this.recorded_by
            or to_jsonb(mine) - 'result_id' = to_jsonb(other) - 'result_id')
"""


def upgrade() -> None:
    finding.replace(finding.NEAR.replace(_BEFORE, _SINCE))


def downgrade() -> None:
    finding.replace(finding.NEAR)
