"""Which coroutines say what an asyncio task waits for: data, part of the table in `waits`.

What is awaited from another task, a thread or an executor is seen there: awaiting it is idle.
"""

from perfdiag.model import TimeClass

_IDLE, _NETWORK, _CONNECT = TimeClass.IDLE, TimeClass.NETWORK, TimeClass.CONNECT
_POOL, _SEND, _CHILD = TimeClass.POOL, TimeClass.SEND, TimeClass.CHILD

# data from the other end of a stream: the answer of a server, or the next request of a client
STREAM = ("asyncio/streams.py", "_wait_for_data")

AWAITS: dict[tuple[str, str], TimeClass] = {
    ("asyncio/tasks.py", "sleep"): TimeClass.SLEEP,
    # waiting for work, or for a sign from another task
    ("asyncio/queues.py", "get"): _IDLE,
    ("asyncio/queues.py", "join"): _IDLE,
    ("asyncio/locks.py", "wait"): _IDLE,
    ("asyncio/locks.py", "wait_for"): _IDLE,
    ("asyncio/base_events.py", "serve_forever"): _IDLE,
    ("asyncio/selector_events.py", "sock_accept"): _IDLE,
    ("anyio/_backends/_asyncio.py", "TCPSocketListener.accept"): _IDLE,
    ("redis/asyncio/client.py", "listen"): _IDLE,
    ("redis/asyncio/client.py", "get_message"): _IDLE,
    ("websockets/asyncio/connection.py", "recv"): _IDLE,
    ("aiokafka/consumer/consumer.py", "getone"): _IDLE,
    ("aiokafka/consumer/consumer.py", "getmany"): _IDLE,
    ("aio_pika/queue.py", "__anext__"): _IDLE,
    ("aiohttp/web_protocol.py", "start"): _IDLE,
    # a thread does it
    ("asyncio/threads.py", "to_thread"): _IDLE,
    ("anyio/_backends/_asyncio.py", "run_sync_in_worker_thread"): _IDLE,
    # waiting for room in a queue, a lock, a turn
    ("asyncio/queues.py", "put"): TimeClass.QUEUE,
    ("asyncio/locks.py", "Lock.acquire"): TimeClass.LOCK,
    ("asyncio/locks.py", "Semaphore.acquire"): _POOL,
    ("anyio/_backends/_asyncio.py", "CapacityLimiter.acquire_on_behalf_of"): _POOL,
    ("aiohttp/connector.py", "_wait_for_available_connection"): _POOL,
    ("asyncpg/pool.py", "_acquire"): _POOL,
    ("httpcore/_async/connection_pool.py", "wait_for_connection"): _POOL,
    ("psycopg_pool/pool_async.py", "getconn"): _POOL,
    ("redis/asyncio/connection.py", "BlockingConnectionPool.get_connection"): _POOL,
    # connecting
    ("asyncio/base_events.py", "_ensure_resolved"): TimeClass.DNS,
    ("asyncio/base_events.py", "getaddrinfo"): TimeClass.DNS,
    ("asyncio/selector_events.py", "sock_connect"): _CONNECT,
    ("asyncio/base_events.py", "_create_connection_transport"): _CONNECT,
    # waiting for a peer's answer
    STREAM: _NETWORK,
    ("asyncio/selector_events.py", "sock_recv"): _NETWORK,
    ("asyncio/selector_events.py", "sock_recv_into"): _NETWORK,
    ("aiohttp/client_reqrep.py", "start"): _NETWORK,
    ("aiohttp/client_reqrep.py", "read"): _NETWORK,
    ("asyncpg/connection.py", "_execute"): _NETWORK,
    ("asyncpg/connection.py", "execute"): _NETWORK,
    ("asyncpg/connection.py", "_executemany"): _NETWORK,
    ("httpcore/_async/http11.py", "handle_async_request"): _NETWORK,
    ("httpcore/_async/http2.py", "handle_async_request"): _NETWORK,
    ("psycopg/connection_async.py", "wait"): _NETWORK,
    ("pymongo/asynchronous/pool.py", "receive_message"): _NETWORK,
    ("redis/asyncio/connection.py", "read_response"): _NETWORK,
    # waiting for room to send
    ("asyncio/streams.py", "drain"): _SEND,
    ("asyncio/selector_events.py", "sock_sendall"): _SEND,
    # waiting for a child process
    ("asyncio/subprocess.py", "wait"): _CHILD,
    ("asyncio/subprocess.py", "communicate"): _CHILD,
    ("asyncio/subprocess.py", "create_subprocess_exec"): _CHILD,
    ("asyncio/subprocess.py", "create_subprocess_shell"): _CHILD,
}
