"""Marks on the locality's row, by which processes see that what they keep in memory is out of date.

Revision ID: 0002
Revises: 0001
"""
from alembic import op
import sqlalchemy as sa

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ('staff_mark', 'objects_mark'):
        op.add_column('locality', sa.Column(name, sa.String(), server_default='', nullable=False))


def downgrade() -> None:
    for name in ('staff_mark', 'objects_mark'):
        op.drop_column('locality', name)
