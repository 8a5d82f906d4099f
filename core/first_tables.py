"""Makes many tables in one step of a migration."""

from django.db.migrations.operations.base import Operation, OperationCategory


class CreateTables(Operation):
    """`CreateModel` and pgtrigger's `AddTrigger` for a whole app at once; says the same, in a fraction of the time.

    After every single operation Django builds anew the classes of all models which hang together, so that a hundred
    tables and their triggers take minutes of a small machine. Here all are described first and built once. Keys to
    tables further down the list are possible, for the database is told of keys when all tables are there. It suits only
    models that are new: everything about them stands in their `CreateModel`.
    """

    category = OperationCategory.ADDITION
    serialization_expand_args = ["models", "triggers"]

    def __init__(self, models, triggers):
        self.models = models
        self.triggers = triggers

    def state_forwards(self, app_label, state):
        vars(state).pop("apps", None)  # the classes built so far; else each model added would rebuild its relations
        for operation in (*self.models, *self.triggers):
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in (*self.models, *self.triggers):
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.models):  # a trigger goes with its table
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name, app_label):
        return any(operation.references_model(name, app_label) for operation in self.models)

    def describe(self):
        return f"Create {len(self.models)} tables and {len(self.triggers)} triggers"
