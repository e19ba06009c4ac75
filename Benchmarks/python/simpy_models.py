"""The models in SimPy, written as its documentation does: processes, resources, stores."""

import random
import sys
import time

import simpy


def single_server(env, customers, done):
    # A server that takes arrival times from a store: faster in SimPy than a process per customer.
    line = simpy.Store(env)

    def server():
        while len(done) < customers:
            arrived = yield line.get()
            yield env.timeout(random.expovariate(1))
            done.append(env.now - arrived)

    env.process(server())
    for _ in range(customers):
        yield env.timeout(random.expovariate(0.9))
        line.put(env.now)


def closed_network(env, cycles, done, finished):
    processors, disks = simpy.Resource(env, 8), simpy.Resource(env, 4)

    def client():
        while True:
            yield env.timeout(random.expovariate(1))
            started = env.now
            with processors.request() as turn:
                yield turn
                yield env.timeout(random.expovariate(1 / 0.004))
            with disks.request() as turn:
                yield turn
                yield env.timeout(random.expovariate(1 / 0.002))
            done.append(env.now - started)
            if len(done) == cycles:
                finished.succeed()

    for _ in range(1000):
        env.process(client())


def closed_network_with_timeouts(env, cycles, done, finished):
    # SimPy cannot take a timeout back: each is left to fire unheard.
    processors, disks = simpy.Resource(env, 8), simpy.Resource(env, 4)

    def client():
        while True:
            yield env.timeout(random.expovariate(1)) | env.timeout(30)
            started = env.now
            with processors.request() as turn:
                yield turn
                yield env.timeout(random.expovariate(1 / 0.004)) | env.timeout(30)
            with disks.request() as turn:
                yield turn
                yield env.timeout(random.expovariate(1 / 0.002)) | env.timeout(30)
            done.append(env.now - started)
            if len(done) == cycles:
                finished.succeed()

    for _ in range(1000):
        env.process(client())


NETWORKS = {"closed-network": closed_network, "timeouts": closed_network_with_timeouts}


def main(model, units):
    random.seed(1)
    env = simpy.Environment()
    done = []
    start = time.process_time_ns()
    if model == "single-server":
        env.process(single_server(env, units, done))
        env.run()
    else:
        finished = env.event()
        NETWORKS[model](env, units, done, finished)
        env.run(until=finished)
    ns = time.process_time_ns() - start
    print(f"{ns / units:.4f}\t{sum(done) / len(done):.6f}")


main(sys.argv[1], int(sys.argv[2]))
