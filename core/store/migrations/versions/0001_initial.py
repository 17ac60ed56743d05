"""The first schema: cases with their events, payloads, tasks, timers and attachments; revisions; accounts.

Revision ID: 0001
Revises:
"""
from alembic import op
import sqlalchemy as sa

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ('case_event', 'revision', 'revision_file')


def upgrade() -> None:
    _create_tables()
    for table in APPEND_ONLY:
        _refuse_changes(table)


def downgrade() -> None:
    op.drop_table('token')
    op.drop_table('timer')
    op.drop_table('revision_file')
    op.drop_table('payload')
    op.drop_table('case_task')
    op.drop_table('case_event')
    op.drop_table('attachment')
    op.drop_table('revision')
    op.drop_table('outbox')
    op.drop_table('object_change')
    op.drop_table('locality')
    op.drop_table('idempotency')
    op.drop_table('duty')
    op.drop_table('counter')
    op.drop_table('case')
    op.drop_table('assignment')
    op.drop_table('account')
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP FUNCTION refuse_change()')


def _refuse_changes(table: str) -> None:
    """Rows are added and never touched again. Who owns the database can drop a trigger: the hash chain is what tells."""
    if op.get_bind().dialect.name == 'sqlite':
        for change in ('UPDATE', 'DELETE'):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _create_tables() -> None:
    op.create_table('account',
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
        sa.UniqueConstraint('name', name=op.f('uq_account_name'))
    )
    op.create_table('assignment',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('account', sa.String(), nullable=False),
        sa.Column('post', sa.String(), nullable=False),
        sa.Column('cell', sa.String(), nullable=True),
        sa.Column('organisation', sa.String(), nullable=True),
        sa.Column('valid_from', sa.DateTime(timezone=True), nullable=True),
        sa.Column('valid_to', sa.DateTime(timezone=True), nullable=True),
        sa.Column('deputy_for', sa.String(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('locality_id', 'id', name=op.f('pk_assignment'))
    )
    op.create_index(op.f('ix_assignment_locality_id_account'), 'assignment', ['locality_id', 'account'], unique=False)
    op.create_table('case',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('number', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('head_hash', sa.LargeBinary(), nullable=False),
        sa.Column('scheme', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('intake', sa.String(), nullable=False),
        sa.Column('category', sa.String(), nullable=False),
        sa.Column('cell', sa.String(), nullable=False),
        sa.Column('cell_path', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
        sa.Column('channel', sa.String(), nullable=False),
        sa.Column('severity', sa.String(), nullable=False),
        sa.Column('alert', sa.String(), nullable=True),
        sa.Column('stages', sa.JSON(), nullable=False),
        sa.Column('open', sa.Boolean(), nullable=False),
        sa.Column('object', sa.String(), nullable=True),
        sa.Column('reporter', sa.String(), nullable=False),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('snapshot', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('locality_id', 'id', name=op.f('pk_case')),
        sa.UniqueConstraint('locality_id', 'number', name=op.f('uq_case_locality_id_number'))
    )
    op.create_index(op.f('ix_case_locality_id_category_opened_at_id'), 'case', ['locality_id', 'category', 'opened_at', 'id'], unique=False)
    op.create_index(op.f('ix_case_locality_id_cell_path_opened_at_id'), 'case', ['locality_id', 'cell_path', 'opened_at', 'id'], unique=False)
    op.create_index(op.f('ix_case_locality_id_due_at_id'), 'case', ['locality_id', 'due_at', 'id'], unique=False)
    op.create_index(op.f('ix_case_locality_id_opened_at_id'), 'case', ['locality_id', 'opened_at', 'id'], unique=False)
    op.create_index(op.f('ix_case_locality_id_reporter_opened_at_id'), 'case', ['locality_id', 'reporter', 'opened_at', 'id'], unique=False)
    op.create_index(op.f('ix_case_locality_id_updated_at_id'), 'case', ['locality_id', 'updated_at', 'id'], unique=False)
    op.create_table('counter',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('scope', sa.String(), nullable=False),
        sa.Column('value', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('locality_id', 'scope', name=op.f('pk_counter'))
    )
    op.create_table('duty',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('mode', sa.String(), nullable=True),
        sa.Column('called_by', sa.String(), nullable=False),
        sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('locality_id', 'id', name=op.f('pk_duty'))
    )
    op.create_index(op.f('ix_duty_locality_id_starts_at'), 'duty', ['locality_id', 'starts_at'], unique=False)
    op.create_table('idempotency',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('principal', sa.String(), nullable=False),
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('fingerprint', sa.String(), nullable=False),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('body', sa.JSON(), nullable=True),
        sa.Column('etag', sa.String(), nullable=True),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('locality_id', 'principal', 'key', name=op.f('pk_idempotency'))
    )
    op.create_index('ix_idempotency_expires_at', 'idempotency', ['expires_at'], unique=False)
    op.create_table('locality',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('current_revision', sa.Integer(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('locality_id', name=op.f('pk_locality'))
    )
    op.create_table('object_change',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('code', sa.String(), nullable=False),
        sa.Column('changed', sa.JSON(), nullable=False),
        sa.Column('case_id', sa.String(), nullable=True),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('locality_id', 'code', name=op.f('pk_object_change'))
    )
    op.create_table('outbox',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('body', sa.JSON(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('run_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('last_error', sa.String(), nullable=True),
        sa.Column('lease_owner', sa.String(), nullable=True),
        sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('locality_id', 'id', name=op.f('pk_outbox'))
    )
    op.create_index('ix_outbox_done_at', 'outbox', ['done_at'], unique=False)
    op.create_index('ix_outbox_run_at', 'outbox', ['run_at'], unique=False, postgresql_where=sa.text('done_at IS NULL AND dead_at IS NULL'), sqlite_where=sa.text('done_at IS NULL AND dead_at IS NULL'))
    op.create_table('revision',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('source_digest', sa.String(), nullable=False),
        sa.Column('scheme_digest', sa.String(), nullable=False),
        sa.Column('lock', sa.JSON(), nullable=False),
        sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('published_by', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('locality_id', 'number', name=op.f('pk_revision'))
    )
    op.create_index(op.f('ix_revision_locality_id_scheme_digest'), 'revision', ['locality_id', 'scheme_digest'], unique=False)
    op.create_table('attachment',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('case_id', sa.String(), nullable=True),
        sa.Column('digest', sa.String(), nullable=False),
        sa.Column('public_digest', sa.String(), nullable=True),
        sa.Column('media_type', sa.String(), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('width', sa.Integer(), nullable=True),
        sa.Column('height', sa.Integer(), nullable=True),
        sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('longitude', sa.Double(), nullable=True),
        sa.Column('latitude', sa.Double(), nullable=True),
        sa.Column('created_by', sa.String(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['locality_id', 'case_id'], ['case.locality_id', 'case.id'], name=op.f('fk_attachment_case'), initially='DEFERRED', deferrable=True),
        sa.PrimaryKeyConstraint('locality_id', 'id', name=op.f('pk_attachment'))
    )
    op.create_index(op.f('ix_attachment_locality_id_case_id'), 'attachment', ['locality_id', 'case_id'], unique=False)
    op.create_table('case_event',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('case_id', sa.String(), nullable=False),
        sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('type', sa.String(), nullable=False),
        sa.Column('body', sa.LargeBinary(), nullable=False),
        sa.Column('previous_hash', sa.LargeBinary(), nullable=False),
        sa.Column('hash', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['locality_id', 'case_id'], ['case.locality_id', 'case.id'], name=op.f('fk_case_event_case'), initially='DEFERRED', deferrable=True),
        sa.PrimaryKeyConstraint('locality_id', 'case_id', 'seq', name=op.f('pk_case_event'))
    )
    op.create_table('case_task',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('case_id', sa.String(), nullable=False),
        sa.Column('task', sa.String(), nullable=False),
        sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('occurrence', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('organisation', sa.String(), nullable=True),
        sa.Column('post', sa.String(), nullable=True),
        sa.Column('cell', sa.String(), nullable=True),
        sa.Column('pool', sa.String(), nullable=True),
        sa.Column('account', sa.String(), nullable=True),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['locality_id', 'case_id'], ['case.locality_id', 'case.id'], name=op.f('fk_case_task_case'), initially='DEFERRED', deferrable=True),
        sa.PrimaryKeyConstraint('locality_id', 'case_id', 'task', 'place', name=op.f('pk_case_task'))
    )
    op.create_index(op.f('ix_case_task_locality_id_account_state_opened_at'), 'case_task', ['locality_id', 'account', 'state', 'opened_at'], unique=False)
    op.create_index(op.f('ix_case_task_locality_id_organisation_state_opened_at'), 'case_task', ['locality_id', 'organisation', 'state', 'opened_at'], unique=False)
    op.create_index(op.f('ix_case_task_locality_id_post_cell_state_opened_at'), 'case_task', ['locality_id', 'post', 'cell', 'state', 'opened_at'], unique=False)
    op.create_table('payload',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('case_id', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('salt', sa.LargeBinary(), nullable=True),
        sa.Column('body', sa.LargeBinary(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('keep_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['locality_id', 'case_id'], ['case.locality_id', 'case.id'], name=op.f('fk_payload_case'), initially='DEFERRED', deferrable=True),
        sa.PrimaryKeyConstraint('locality_id', 'id', name=op.f('pk_payload'))
    )
    op.create_index('ix_payload_keep_until', 'payload', ['keep_until'], unique=False, postgresql_where=sa.text('erased_at IS NULL'), sqlite_where=sa.text('erased_at IS NULL'))
    op.create_index(op.f('ix_payload_locality_id_case_id'), 'payload', ['locality_id', 'case_id'], unique=False)
    op.create_table('revision_file',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('path', sa.String(), nullable=False),
        sa.Column('body', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['locality_id', 'number'], ['revision.locality_id', 'revision.number'], name=op.f('fk_revision_file_revision')),
        sa.PrimaryKeyConstraint('locality_id', 'number', 'path', name=op.f('pk_revision_file'))
    )
    op.create_table('timer',
        sa.Column('locality_id', sa.String(), nullable=False),
        sa.Column('case_id', sa.String(), nullable=False),
        sa.Column('limit_id', sa.String(), nullable=False),
        sa.Column('occurrence', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('reach', sa.String(), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('run_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('last_error', sa.String(), nullable=True),
        sa.Column('lease_owner', sa.String(), nullable=True),
        sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['locality_id', 'case_id'], ['case.locality_id', 'case.id'], name=op.f('fk_timer_case'), initially='DEFERRED', deferrable=True),
        sa.PrimaryKeyConstraint('locality_id', 'case_id', 'limit_id', 'occurrence', 'reach', name=op.f('pk_timer'))
    )
    op.create_index('ix_timer_run_at', 'timer', ['run_at'], unique=False, postgresql_where=sa.text('done_at IS NULL'), sqlite_where=sa.text('done_at IS NULL'))
    op.create_table('token',
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('account_id', sa.String(), nullable=False),
        sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
        sa.Column('scopes', sa.JSON(), nullable=False),
        sa.Column('locality', sa.String(), nullable=True),
        sa.Column('label', sa.String(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_token_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_token')),
        sa.UniqueConstraint('secret_hash', name=op.f('uq_token_secret_hash'))
    )
    op.create_index(op.f('ix_token_account_id'), 'token', ['account_id'], unique=False)
