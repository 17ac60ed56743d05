"""An index of the open cases of a cell: what a report is compared with must not be looked for among the closed ones.

Revision ID: 0003
Revises: 0002
"""
from alembic import op
import sqlalchemy as sa

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        'ix_case_open_cell', 'case', ['locality_id', 'cell_path', 'opened_at', 'id'],
        postgresql_where=sa.text('open'), sqlite_where=sa.text('open = 1'),
    )


def downgrade() -> None:
    op.drop_index('ix_case_open_cell', 'case')
