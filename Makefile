# Gridwright 格匠. `make help` lists the targets.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PORT   ?= 8000
KILLS  ?= 100
.DEFAULT_GOAL := help
.PHONY: help setup run test check format docs bench soak clean

help: ## list the targets 列出所有目标
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.run: setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11+ is needed 需要 Python 3.11 以上 (PYTHON=/path/to/python3.11 make …)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing 缺少 venv 模块 (Debian: apt install python3-venv)"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: setup.cfg pyproject.toml
	@$(MAKE) --no-print-directory $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

setup: $(VENV)/.test ## make the virtual environment with everything that tests need 安装

run: $(VENV)/.run ## serve the demo districts on http://127.0.0.1:$(PORT) (PORT=8000) 启动演示
	@exec $(BIN)/gridwright serve --demo --port $(PORT)

test: $(VENV)/.test ## run all tests on real databases 测试
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/.test ## lint, types, import contract, generated docs 静态检查
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/gridwright check manifests/*
	$(BIN)/python docs/generate.py --check

format: $(VENV)/.test ## format and sort imports 格式化
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.run ## generate docs/reference from schemas and catalogues 生成参考文档
	$(BIN)/python docs/generate.py

bench: $(VENV)/.test ## measure against named peers and floors 性能对比
	$(BIN)/python benchmarks/dispatch.py
	$(BIN)/python benchmarks/compile.py
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/sweep.py

soak: $(VENV)/.test ## kills (KILLS=100), long fuzzing and long state machines 长时测试
	@echo "1/3 the store's writer is killed, $(KILLS) times 存储写入中强制终止"
	GRIDWRIGHT_KILLS=$(KILLS) $(BIN)/python -m pytest tests/integration/store/test_store_kill.py
	@echo "2/3 server and workers are killed under eight clients, $(KILLS) rounds on each database 服务与工作进程强制终止"
	GRIDWRIGHT_SOAK_ROUNDS=$(KILLS) $(BIN)/python -m pytest tests/soak
	@echo "3/3 long fuzzing of the API and long histories of the engine 接口模糊测试与长历史"
	GRIDWRIGHT_FUZZ_EXAMPLES=200 GRIDWRIGHT_HISTORIES=2000 $(BIN)/python -m pytest -n auto --dist loadfile \
		tests/integration/api/test_openapi.py tests/integration/jobs/test_worker_processes.py tests/unit

clean: ## remove the virtual environment and caches 清理
	rm -rf $(VENV) build *.egg-info .ruff_cache .mypy_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
