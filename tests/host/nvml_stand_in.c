/* Stands in for libnvidia-ml.so.1 where there is no GPU: the signatures and structures of nvml.h, and two GPUs
 * whose readings are written below. The second one supports next to nothing, as with MIG. */
#include <string.h>

typedef struct { unsigned gpu, memory; } utilization_t;
typedef struct { unsigned long long total, free, used; } memory_t;
typedef struct { unsigned pid; unsigned long long memory; unsigned gpu_instance, compute_instance; } process_t;
typedef struct device *device_t;

enum { SUCCESS = 0, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7 };
static int ready;
static int first(device_t device) { return (long)device == 1; }

int nvmlInit_v2(void) { ready = 1; return INIT; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 3; return ready ? SUCCESS : 1; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, device_t *device)
{
    *device = (device_t)(long)(index + 1);
    return index < 2 ? SUCCESS : NOT_FOUND;
}
int nvmlDeviceGetName(device_t device, char *name, unsigned length)
{
    strncpy(name, first(device) ? "NVIDIA H200" : "\033[2JGPU", length);
    return SUCCESS;
}
int nvmlDeviceGetUtilizationRates(device_t device, utilization_t *rates)
{
    *rates = (utilization_t){37, 12};
    return first(device) ? SUCCESS : NOT_SUPPORTED;
}
int nvmlDeviceGetMemoryInfo(device_t device, memory_t *memory)
{
    *memory = (memory_t){150754820096ULL, 141733920768ULL, 9020899328ULL};
    return first(device) ? SUCCESS : NOT_SUPPORTED;
}
int nvmlDeviceGetPowerUsage(device_t device, unsigned *milliwatts) { *milliwatts = 175000; return first(device) ? 0 : 3; }
int nvmlDeviceGetEnforcedPowerLimit(device_t device, unsigned *milliwatts) { *milliwatts = 700000; return first(device) ? 0 : 3; }
int nvmlDeviceGetCurrentClocksThrottleReasons(device_t device, unsigned long long *reasons)
{
    *reasons = 0x24ULL;
    return first(device) ? SUCCESS : NOT_SUPPORTED;
}
int nvmlDeviceGetComputeRunningProcesses_v2(device_t device, unsigned *count, process_t *rows)
{
    if (*count < 2)
        return INSUFFICIENT_SIZE;
    rows[0] = (process_t){4711, 8589934592ULL, ~0u, ~0u};
    rows[1] = (process_t){4712, ~0ULL, ~0u, ~0u};
    *count = 2;
    return first(device) ? SUCCESS : NOT_SUPPORTED;
}
