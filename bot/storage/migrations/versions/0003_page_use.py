"""How often pages are read."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = '0003'
down_revision: str | None = '0002'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('page_use',
    sa.Column('page', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=16), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('shown', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('page', 'language', 'month', name=op.f('pk_page_use'))
    )
