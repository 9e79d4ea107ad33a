"""The web chat: an HTTP API, a stream of replies, and one small page that also fits into other web sites.

desk.py knows the business (sessions, messages, limits), api.py its HTTP, events.py the stream, page/ the browser's
side, channel.py reads what came in. `app.routes` joins them.
"""
