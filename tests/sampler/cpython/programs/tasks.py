"""asyncio tasks that wait for each other, for locks, queues and time; nothing ever happens."""

import asyncio


class Session:
    async def fetch(self):
        await self.receive()

    async def receive(self):
        await asyncio.get_running_loop().create_future()


async def nap():
    await asyncio.sleep(60)


async def rows():
    await nap()
    yield 1


async def scan():
    async for _ in rows():
        pass


async def locked(lock):
    async with lock:
        await nap()


async def several():
    await asyncio.gather(Session().fetch(), nap())


async def grouped():
    async with asyncio.TaskGroup() as group:
        group.create_task(nap(), name="first of the group")
        group.create_task(scan(), name="second of the group")


async def joined(task):
    await task


async def main():
    lock, queue = asyncio.Lock(), asyncio.Queue()
    nobody = asyncio.create_task(queue.get(), name="waiter-é")
    shared = asyncio.create_task(nap())
    tasks = [
        asyncio.create_task(joined(shared), name="one of two"),
        asyncio.create_task(joined(shared), name="two of two"),
        asyncio.create_task(locked(lock), name="holder"),
        asyncio.create_task(locked(lock), name="contender"),
        asyncio.create_task(several(), name="gathers"),
        asyncio.create_task(grouped(), name="groups"),
        nobody,
    ]
    await asyncio.sleep(0.2)
    print("ready", flush=True)
    await asyncio.wait(tasks)


asyncio.run(main())
