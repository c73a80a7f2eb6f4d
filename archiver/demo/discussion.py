"""The comments below a post, and the form to add one."""

from __future__ import annotations

from archiver.demo.furniture import AVATAR, day
from archiver.demo.markup import attribute, inline, text
from archiver.demo.model import Comment, Post, Site, prose


def discussion(site: Site, post: Post) -> str:
    """The comments below a post, and the form to add one."""
    link = attribute(site.link(post.path))
    count = post.comment_count
    shown = ""
    if count:
        thoughts = "One thought" if count == 1 else f"{count} thoughts"
        listed = "\n".join(_comment(site, post, comment, 1) for comment in post.comments)
        shown = f"""\
<h2 class="comments-title">{thoughts} on &ldquo;<span>{text(post.title)}</span>&rdquo;</h2>
<p class="comments-add"><a href="#respond">Add yours</a></p>
<ol class="comment-list">
{listed}
</ol>
"""
    return f"""\
<div id="comments" class="comments-area">
{shown}<div id="respond" class="comment-respond">
<h3 id="reply-title" class="comment-reply-title">Leave a Reply <small><a rel="nofollow"
 id="cancel-comment-reply-link" href="{link}#respond" style="display:none;">Cancel reply</a></small></h3>
<form action="{site.url}wp-comments-post.php" method="post" id="commentform" class="comment-form" novalidate>
<div class="comment-form-field comment-textarea"><textarea id="comment" name="comment"
 placeholder="Enter your comment here..."></textarea></div>
<div id="comment-form-identity"><div id="comment-form-nascar">
<p>Fill in your details below or click an icon to log in:</p></div>
<div class="comment-form-service"><p class="comment-form-posting-as pa-wordpress"><strong></strong>
You are commenting using your WordPress.com account.
<span class="comment-form-log-out">(&nbsp;<a href="#" rel="nofollow">Log&nbsp;Out</a>&nbsp;/&nbsp;
<a href="#" rel="nofollow">Change</a>&nbsp;)</span></p></div>
<div id="comment-form-load-service"><p><a href="#" rel="nofollow">Cancel</a></p>
<p>Connecting to %s</p></div></div>
<p class="comment-subscription-form"><label for="subscribe">Notify me of new comments via email.</label></p>
<p class="comment-subscription-form"><label for="subscribe_blog">Notify me of new posts via email.</label></p>
<p class="form-submit"><input name="submit" type="submit" id="submit" value="Post Comment" />
<input type="hidden" name="comment_post_ID" value="{post.id}" /></p>
</form></div>
<p class="must-log-in">You must be <a href="https://wordpress.com/log-in/" rel="nofollow">logged in</a>
to like a comment.</p>
</div>"""


def comment_text(site: Site, comment: Comment) -> str:
    """HTML of what a comment says."""
    return "\n".join(f"<p>{inline(site, part.text)}</p>" for part in prose(comment.text))


def _comment(site: Site, post: Post, comment: Comment, depth: int) -> str:
    link = attribute(site.link(post.path))
    name = text(comment.author)
    if comment.url:
        name = f'<a href="{attribute(comment.url)}" class="url" rel="ugc external nofollow">{name}</a>'
    own = " byuser bypostauthor" if comment.author == post.author else ""
    parent = " parent" if comment.replies else ""
    children = ""
    if comment.replies:
        replies = "\n".join(_comment(site, post, reply, depth + 1) for reply in comment.replies)
        children = f'\n<ol class="children">\n{replies}\n</ol>'
    return f"""\
<li id="comment-{comment.id}" class="comment{own} depth-{depth}{parent}">
<article id="div-comment-{comment.id}" class="comment-body">
<footer class="comment-meta">
<div class="comment-author vcard"><img alt="" src="{attribute(site.link(AVATAR))}"
 class="avatar avatar-48 photo" height="48" width="48" />
<b class="fn">{name}</b> <span class="says">says:</span></div>
<div class="comment-metadata"><a href="{link}#comment-{comment.id}"><time
 datetime="{comment.date.isoformat()}">{day(comment.date)} at {comment.date:%H:%M}</time></a></div>
</footer>
<div class="comment-content">
{comment_text(site, comment)}
<p id="comment-like-{comment.id}" class="comment-likes comment-not-liked"><a
 href="{link}?like_comment={comment.id}" class="comment-like-link needs-login"
 rel="nofollow"><span>Like</span></a>
<span class="comment-like-feedback">Like</span></p>
</div>
<div class="reply"><a rel="nofollow" class="comment-reply-link" href="{link}?replytocom={comment.id}#respond"
 aria-label="Reply to {attribute(comment.author)}">Reply</a></div>
</article>{children}
</li>"""
