"""Events between services: nothing lost, effect once.

`outbox` writes what happened with the row that changed; `relay` hands it to a
transport (`rabbitmq` or `local`), each relay its `shards`; `consumer` applies what
arrives in batches; `failures` keeps what could not be applied; `worker` runs these loops.
"""
