"""Marks on the locality's row, by which processes see that what they keep in memory is out of date; indexes for lists
of few among many cases: those that are open, those with an alert.

Revision ID: 0002
Revises: 0001
"""
from alembic import op
import sqlalchemy as sa

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

INDEXES = (
    ('ix_case_open', ['locality_id', 'opened_at', 'id'], 'open'),
    ('ix_case_alert', ['locality_id', 'alert', 'opened_at', 'id'], 'alert IS NOT NULL'),
)


def upgrade() -> None:
    for name in ('staff_mark', 'objects_mark'):
        op.add_column('locality', sa.Column(name, sa.String(), server_default='', nullable=False))
    for name, columns, condition in INDEXES:
        where = sa.text(condition)
        op.create_index(name, 'case', columns, unique=False, postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    for name, _, _ in INDEXES:
        op.drop_index(name, 'case')
    for name in ('staff_mark', 'objects_mark'):
        op.drop_column('locality', name)
