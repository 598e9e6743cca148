"""Roles: which of them one account holds together. Whoever gives out accounts, and whoever audits, decides nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.accounts.roles import ALONE, Role, RolesInvalid, RolesNotSeparate, check_roles

ELECTION = frozenset(Role) - ALONE - {Role.PUBLIC}
"""Roles that act in an election or for the Council."""


@given(st.sets(st.sampled_from(sorted(ELECTION)), min_size=1), st.sampled_from(sorted(ALONE)))
def test_no_account_holds_an_election_role_beside_one_that_stands_alone(
    roles: set[Role], alone: Role
) -> None:
    with pytest.raises(RolesNotSeparate):
        check_roles({*roles, alone})


@given(st.sets(st.sampled_from(sorted(ELECTION)), min_size=1))
def test_election_roles_go_together(roles: set[Role]) -> None:
    assert check_roles(roles) == roles


@pytest.mark.parametrize("role", sorted(ALONE))
def test_each_of_the_others_is_held_alone(role: Role) -> None:
    assert check_roles([role]) == {role}


def test_two_that_stand_alone_do_not_go_together() -> None:
    with pytest.raises(RolesNotSeparate):
        check_roles([Role.SYSADMIN, Role.AUDITOR])


@pytest.mark.parametrize("roles", [[], [Role.PUBLIC], [Role.PUBLIC, Role.DESK]])
def test_no_role_and_the_public_one_are_given_to_nobody(roles: list[Role]) -> None:
    with pytest.raises(RolesInvalid):
        check_roles(roles)
