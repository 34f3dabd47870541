/* A program that is no python and runs one: a thread of its own enters the interpreter for each turn. */
#include <Python.h>
#include <pthread.h>
#include <stdio.h>

static void *turns(void *unused) {
    for (;;) {
        PyGILState_STATE state = PyGILState_Ensure();
        PyRun_SimpleString("turn()");
        PyGILState_Release(state);
    }
    return unused;
}

int main(void) {
    pthread_t thread;
    Py_Initialize();
    PyRun_SimpleString("def turn():\n  for _ in range(1000): sum(range(1000))\n");
    pthread_create(&thread, NULL, turns, NULL);
    puts("ready");
    fflush(stdout);
    PyRun_SimpleString("import time\ndef wait():\n  time.sleep(60)\nwait()\n");
    return 0;
}
