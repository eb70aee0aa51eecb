"""What physics does is a result: a study ends with it, whatever it is."""

from hkmaps.molecules.results import DYNAMICS_ENDS, MAP_FRAMES, REFERENCE_CALCULATIONS
from hkmaps.reporting.claims import CLAIMS
from hkmaps.tables import read_table

DYNAMICS = "results/maps/malonaldehyde/300+350K/hohenberg_kohn/printed"


def test_a_map_that_breaks_at_the_first_step_ends_with_claims_and_report(copy):
    # Two chunks of calculations are planned, with nothing to calculate.
    driven = {"temperature": 1e8, "length": 0.03, "snapshots": 60}
    (copy / "results/report.html").unlink()
    run = copy.run(override={"trajectories": {"driven": driven}})
    assert run.returncode == 0, run.stdout + run.stderr
    ends = read_table(copy / f"{DYNAMICS}/ends.parquet", DYNAMICS_ENDS)
    assert ends["steps"].tolist() == [0, 0]
    assert ends["reason"].str.contains("at step 1 of 62 ").all()
    frames = read_table(copy / f"{DYNAMICS}/frames.parquet", MAP_FRAMES)
    assert frames["frame"].tolist() == [0, 0]
    counts = read_table(
        copy / "results/tables/reference_calculations.parquet", REFERENCE_CALCULATIONS
    ).set_index("sample")
    assert counts.loc["malonaldehyde/300+350K-driven-printed", "geometries"] == 0
    claims = read_table(copy / "results/claims.parquet", CLAIMS).set_index("id")
    assert claims.loc["B.fig3b.trajectory_length", "measured"] == 0
    assert "0 of 2 runs lasted" in claims.loc["B.fig3b.max_error", "explanation"]
    assert (copy / "results/report.html").exists()
    assert (copy / "results/figures/bogojeski_fig03.png").exists()
