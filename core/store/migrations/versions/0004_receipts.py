"""Who was owed which notice whose reading is to be confirmed, when it was read, and when that was reminded of.

Revision ID: 0004
Revises: 0003
"""
from alembic import op
import sqlalchemy as sa

import core.store.columns

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'receipt',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('notice', sa.String(), nullable=False),
        sa.Column('account', sa.String(), nullable=False),
        sa.Column('cadence', sa.String(), nullable=False),
        sa.Column('case_id', sa.String(), nullable=True),
        sa.Column('owed_at', core.store.columns.Instant(), nullable=False),
        sa.Column('read_at', core.store.columns.Instant(), nullable=True),
        sa.Column('reminded_at', core.store.columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint('locality_id', 'notice', 'account', name=op.f('pk_receipt')),
    )
    op.create_index(
        op.f('ix_receipt_locality_id_account_owed_at_notice'), 'receipt',
        ['locality_id', 'account', 'owed_at', 'notice'], unique=False,
    )
    where = sa.text('read_at IS NULL AND reminded_at IS NULL')
    op.create_index(
        'ix_receipt_waiting', 'receipt', ['locality_id', 'cadence', 'owed_at'], unique=False,
        postgresql_where=where, sqlite_where=where,
    )


def downgrade() -> None:
    op.drop_table('receipt')
