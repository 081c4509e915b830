"""A streaming client of an OpenAI-compatible provider."""

import json
from collections.abc import Callable

import aiohttp


class Model:
    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self.session = session
        self.url = f"{base_url}/chat/completions"

    async def ask(self, system: str, user: str, token: Callable[[str], None]) -> str:
        """Calls the model, passes each piece of text to `token`, and returns the whole text."""
        body = {
            "model": "instant",
            "stream": True,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
        }
        answer = ""
        async with self.session.post(self.url, json=body) as response:
            response.raise_for_status()
            async for line in response.content:
                if not line.startswith(b"data: ") or line.startswith(b"data: [DONE]"):
                    continue
                for choice in json.loads(line[6:])["choices"]:
                    if text := choice["delta"].get("content"):
                        answer += text
                        token(text)
        return answer
